import { FileUp } from "lucide-react";
import { type DragEvent, type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { writeNumber } from "../i18n/formats";
import { Button } from "../ui/Button";
import { Progress } from "../ui/Progress";
import { Window } from "../ui/Window";
import type { Imported } from "./transfers";
import { type Import, useImport } from "./useImport";

/** A window that takes a file of items, and tells which of its rows were taken. */
export default function ImportWindow({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const coming = useImport();
  return (
    <Window title={t("items.import.title")} isWide onClose={onClose}>
      {coming.step === "choosing" && <Chooser coming={coming} />}
      {(coming.step === "uploading" || coming.step === "reading") && <Running coming={coming} />}
      {coming.step === "done" && <Report coming={coming} onClose={onClose} />}
    </Window>
  );
}

const KINDS = ".csv,.json,text/csv,application/json";
const EXAMPLE =
  'title,text,number,date,tags,attributes\nTea,From the hills,3.5,2026-11-21,"shop;kitchen","{""land"": ""Japan""}"';

function Chooser({ coming }: { coming: Import }): ReactNode {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null) => {
    if (files?.[0]) void coming.start(files[0]);
  };

  function onDrop(event: DragEvent): void {
    event.preventDefault();
    event.stopPropagation();
    take(event.dataTransfer.files);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here can be chosen by the button too
    <div className="space-y-4 text-sm" onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
      <p className="leading-relaxed text-soft">{t("items.import.about")}</p>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="overflow-x-auto rounded-xl border border-line bg-sunken p-3.5 font-mono text-xs leading-relaxed"
      >
        {EXAMPLE}
      </pre>
      {coming.problem && (
        <p role="alert" className="text-danger wrap-anywhere">
          {coming.problem}
        </p>
      )}
      <input
        ref={field}
        type="file"
        accept={KINDS}
        aria-label={t("items.import.file")}
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => take(event.target.files)}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="primary" data-first className="h-10 px-4" onClick={() => field.current?.click()}>
          <FileUp aria-hidden="true" className="size-4" />
          {t("items.import.choose")}
        </Button>
        <span className="text-faint">{t("items.import.drop")}</span>
      </div>
    </div>
  );
}

function Running({ coming }: { coming: Import }): ReactNode {
  const { t } = useTranslation();
  const isReading = coming.step === "reading";
  const words = t(isReading ? "items.import.reading" : "items.import.uploading", { name: coming.name });
  return (
    <div className="space-y-3 text-sm">
      <p role="status" className="wrap-anywhere">
        {words}
      </p>
      <Progress label={words} percent={coming.percent} />
      <div className="flex min-h-9 items-center justify-between gap-3">
        <p className="text-xs text-faint tabular-nums">
          {coming.made && t("items.import.added", { num: writeNumber(coming.made.num_added) })}
        </p>
        {isReading && <Button onClick={() => void coming.stop()}>{t("ui.stop")}</Button>}
      </div>
    </div>
  );
}

function Report({ coming, onClose }: { coming: Import; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { made, problem } = coming;
  return (
    <div className="space-y-4 text-sm">
      {problem !== null && (
        <p role="alert" className="text-danger wrap-anywhere">
          {t("items.import.failed", { reason: problem })}
        </p>
      )}
      {made && (
        <p role="status">
          {t("items.import.added", { num: writeNumber(made.num_added) })}
          {made.num_refused > 0 && ` ${t("items.import.refused", { num: writeNumber(made.num_refused) })}`}
        </p>
      )}
      {made && made.refused.length > 0 && <Refused made={made} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={coming.again}>{t("items.import.another")}</Button>
        <Button kind="primary" onClick={onClose}>
          {t("ui.done")}
        </Button>
      </div>
    </div>
  );
}

function Refused({ made }: { made: Imported }): ReactNode {
  const { t } = useTranslation();
  const rest = made.num_refused - made.refused.length;
  return (
    <div className="overflow-hidden rounded-xl border border-line">
      <section
        aria-label={t("items.import.refusedRows")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[36dvh] overflow-y-auto"
      >
        <table className="w-full text-left">
          <thead className="sticky top-0 bg-sunken text-xs text-faint">
            <tr>
              <th className="w-20 px-3 py-1.5 font-medium">{t("items.import.row")}</th>
              <th className="px-3 py-1.5 font-medium">{t("items.import.column")}</th>
              <th className="px-3 py-1.5 font-medium">{t("items.import.why")}</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {made.refused.map(({ row, column, why }) => (
              <tr key={row} className="align-top">
                <td className="px-3 py-1.5 tabular-nums">{row}</td>
                <td className="max-w-40 px-3 py-1.5 text-soft wrap-anywhere">{column}</td>
                <td className="px-3 py-1.5 wrap-anywhere">{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {(rest > 0 || made.report_file_id) && (
        <p className="flex flex-wrap items-center gap-x-3 border-t border-line px-3 py-2 text-xs text-soft">
          {rest > 0 && <span>{t("items.import.more", { num: writeNumber(rest) })}</span>}
          {made.report_file_id && (
            <a
              href={`/files/${made.report_file_id}?download=1`}
              download
              className="text-accent underline underline-offset-4"
            >
              {t("items.import.report")}
            </a>
          )}
        </p>
      )}
    </div>
  );
}
