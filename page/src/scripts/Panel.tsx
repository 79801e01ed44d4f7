import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/Button";
import { LivePicture } from "./LivePicture";
import { RunList } from "./RunList";
import { SchedulePanel } from "./SchedulePanel";
import type { RunState } from "./useRun";
import type { ScriptState } from "./useScript";

export const PANELS = ["picture", "schedule", "history"] as const;
export type PanelName = (typeof PANELS)[number];

interface PanelProps {
  name: PanelName;
  script: ScriptState;
  run: RunState;
  /** Show a run's log. */
  onShow: (taskId: string) => void;
  onClose?: () => void;
}

/** What stands beside the code: the live page, the schedule, or the runs. */
export function Panel({ name, script, run, onShow, onClose }: PanelProps): ReactNode {
  const { t } = useTranslation();
  return (
    <section
      aria-label={t(`scripts.panel.${name}`)}
      className="flex min-h-0 flex-1 flex-col max-sm:border-t max-sm:border-line"
    >
      {onClose && (
        <h2 className="flex h-9 shrink-0 items-center pr-2 pl-4 text-xs font-medium text-soft">
          <span className="flex-1">{t(`scripts.panel.${name}`)}</span>
          <IconButton label={t("scripts.closePanel")} onClick={onClose}>
            <X aria-hidden="true" className="size-4" />
          </IconButton>
        </h2>
      )}
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4 py-2 text-sm">
        {name === "picture" && <LivePicture />}
        {name === "schedule" && <SchedulePanel script={script} />}
        {name === "history" && <RunList script={script} shownId={run.shownId} onShow={onShow} />}
      </div>
    </section>
  );
}
