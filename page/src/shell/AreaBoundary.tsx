import i18next from "i18next";
import { Component, type ReactNode } from "react";
import { Trouble } from "../ui/Trouble";

/** Keeps the trouble of one area from taking the whole page with it. */
export class AreaBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Trouble
        what={i18next.t("errors.areaFailed")}
        action={{ label: i18next.t("ui.reload"), run: () => location.reload() }}
      />
    );
  }
}
