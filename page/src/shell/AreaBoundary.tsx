import i18next from "i18next";
import { Component, type ReactNode } from "react";
import { Trouble } from "../ui/Trouble";
import { isUnloaded } from "./outdated";

type Failure = "none" | "unloaded" | "failed";

/** Keeps the trouble of one area from taking the whole page with it. */
export class AreaBoundary extends Component<{ children: ReactNode }, { trouble: Failure }> {
  override state: { trouble: Failure } = { trouble: "none" };

  static getDerivedStateFromError(error: unknown): { trouble: Failure } {
    return { trouble: isUnloaded(error) ? "unloaded" : "failed" };
  }

  override render(): ReactNode {
    const { trouble } = this.state;
    if (trouble === "none") return this.props.children;
    const reload = { label: i18next.t("ui.reload"), run: () => location.reload() };
    if (trouble === "failed") return <Trouble what={i18next.t("errors.areaBroke")} action={reload} />;
    return (
      <Trouble
        what={i18next.t("errors.areaFailed")}
        why={i18next.t("errors.areaFailedWhy")}
        action={reload}
      />
    );
  }
}
