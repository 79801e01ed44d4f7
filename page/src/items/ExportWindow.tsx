import { FileDown } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ItemWhere, Task } from "../api.generated";
import { writeNumber } from "../i18n/formats";
import { api } from "../live/api";
import { Button } from "../ui/Button";
import { Progress } from "../ui/Progress";
import { reason } from "../ui/reason";
import { useTask } from "../ui/useTask";
import { Window } from "../ui/Window";
import type { Sort } from "./columns";
import { type Exported, madeOf } from "./transfers";

interface ExportProps {
  where: ItemWhere;
  sort: Sort;
  onClose: () => void;
}

/** A window that writes the items, or those that are looked for, into a file and saves it. */
export default function ExportWindow({ where, sort, onClose }: ExportProps): ReactNode {
  const { t } = useTranslation();
  const [started, setStarted] = useState<Task | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const task = useTask(started);
  const made = task?.state === "completed" ? madeOf<Exported>(task) : null;
  const failure = problem ?? (task?.state === "failed" ? (task.error?.message ?? "") : null);
  const isRunning = task !== undefined && !made && failure === null;

  async function start(form: "csv" | "json"): Promise<void> {
    setProblem(null);
    try {
      setStarted(await api.start_export(form, where, sort));
    } catch (error) {
      setProblem(reason(error));
    }
  }

  return (
    <Window title={t("items.export.title")} onClose={onClose}>
      <div className="space-y-4 text-sm">
        <p className="leading-relaxed text-soft">
          {t(Object.keys(where).length > 0 ? "items.export.aboutFound" : "items.export.about")}
        </p>
        {failure !== null && (
          <p role="alert" className="text-danger wrap-anywhere">
            {t("items.export.failed", { reason: failure })}
          </p>
        )}
        {isRunning && <Progress label={t("items.export.running")} percent={task.progress} />}
        {made ? (
          <Made made={made} />
        ) : (
          <div className="flex flex-wrap gap-2.5">
            <Button kind="primary" aria-disabled={isRunning} onClick={() => isRunning || void start("csv")}>
              {t("items.export.csv")}
            </Button>
            <Button aria-disabled={isRunning} onClick={() => isRunning || void start("json")}>
              {t("items.export.json")}
            </Button>
          </div>
        )}
      </div>
    </Window>
  );
}

// Saved by itself once, as whoever asked for the file expects; the link is for those who want it again.
function Made({ made }: { made: Exported }): ReactNode {
  const { t } = useTranslation();
  const link = useRef<HTMLAnchorElement>(null);
  const isSaved = useRef(false);
  useEffect(() => {
    if (isSaved.current) return;
    isSaved.current = true;
    link.current?.click();
  }, []);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p role="status">{t("items.export.done", { num: writeNumber(made.num_items) })}</p>
      <a
        ref={link}
        href={`/files/${made.file_id}?download=1`}
        download
        className="inline-flex items-center gap-2 text-accent underline underline-offset-4"
      >
        <FileDown aria-hidden="true" className="size-4" />
        {t("items.export.save")}
      </a>
    </div>
  );
}
