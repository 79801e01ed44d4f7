import { useQueryClient } from "@tanstack/react-query";
import { Hourglass } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { writeDay, writeDeadline } from "../../i18n/formats";
import { Button } from "../../ui/Button";
import { notify } from "../../ui/notify";
import { reason } from "../../ui/reason";
import { endsSoon, keepWorkspace, useWorkspace } from "./workspace";

/** Says when this workspace ends, where that is soon, and puts it off. */
export function ExpiryBanner(): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const end = useWorkspace()?.expires_at ?? null;
  // On a server that keeps workspaces for a day or two, one that was just kept still ends soon.
  const [kept, setKept] = useState<string | null>(null);

  async function keep(): Promise<void> {
    try {
      const next = await keepWorkspace(queries);
      setKept(next);
      if (next) notify(t("shell.workspace.kept", { day: writeDay(next) }));
    } catch (error) {
      notify(reason(error));
    }
  }

  if (end === null || end === kept || !endsSoon(end, Date.now())) return null;
  return (
    <section
      aria-label={t("shell.workspace.expiry")}
      className="flex shrink-0 items-center gap-3 border-b border-line bg-tint px-4 py-1.5 text-sm"
    >
      <Hourglass aria-hidden="true" className="size-4 shrink-0 text-accent" />
      <p className="min-w-0 flex-1">{t("shell.workspace.ends", { moment: writeDeadline(end) })}</p>
      <Button onClick={() => void keep()}>{t("shell.workspace.keep")}</Button>
    </section>
  );
}
