import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ScriptLine } from "../api.generated";
import { writeWhen } from "../i18n/formats";
import { StateBadge } from "../tasks/StateBadge";
import { isDraftKept, keptDraft, useKeeping } from "./keeping";
import { NewMenu } from "./NewMenu";

interface ScriptListProps {
  scripts: readonly ScriptLine[];
  openId: string;
  /** It is alone on the page. */
  isNarrow: boolean;
}

/** The saved scripts, and the new one that was begun. */
export function ScriptList({ scripts, openId, isNarrow }: ScriptListProps): ReactNode {
  const { t } = useTranslation();
  useKeeping();
  const begun = keptDraft(null);
  const isNewShown = begun !== null || openId === "new";
  return (
    <nav
      aria-label={t("scripts.list")}
      className={`flex min-h-0 flex-col ${isNarrow ? "flex-1" : "w-56 shrink-0 border-r border-line"}`}
    >
      <div className="flex px-3 pb-2">
        <NewMenu />
      </div>
      <ul className="min-h-0 flex-1 overflow-y-auto px-1.5 pb-3">
        {isNewShown && (
          <li>
            <Entry id="new" openId={openId} name={begun?.draft.name.trim() || t("scripts.untitled")}>
              <span className="text-warn">{t("scripts.unsaved")}</span>
            </Entry>
          </li>
        )}
        {scripts.map((script) => (
          <li key={script.id}>
            <Entry id={script.id} openId={openId} name={script.name}>
              <Line script={script} />
            </Entry>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface EntryProps {
  id: string;
  openId: string;
  name: string;
  children: ReactNode;
}

function Entry({ id, openId, name, children }: EntryProps): ReactNode {
  return (
    <a
      href={`#/scripts/${id}`}
      aria-current={id === openId ? "page" : undefined}
      className="mb-0.5 block rounded-lg px-2.5 py-2 hover:bg-sunken aria-[current]:bg-sunken"
    >
      <span dir="auto" title={name} className="block truncate text-sm font-medium">
        {name}
      </span>
      <span className="mt-0.5 flex min-h-6 items-center gap-2 text-xs text-faint tabular-nums">
        {children}
      </span>
    </a>
  );
}

function Line({ script }: { script: ScriptLine }): ReactNode {
  const { t } = useTranslation();
  const { last_run, next_at, skipped } = script;
  return (
    <>
      <span className="min-w-0 flex-1 truncate">
        {skipped && <span className="text-danger">{t("scripts.skippedShort")}</span>}
        {!skipped && next_at && t("scripts.next", { when: writeWhen(next_at) })}
        {!skipped && !next_at && !last_run && t("scripts.neverRun")}
        {!skipped && !next_at && last_run && writeWhen(last_run.created_at)}
      </span>
      {isDraftKept(script.id) && <span className="text-warn">{t("scripts.unsaved")}</span>}
      {last_run && <StateBadge task={last_run} />}
    </>
  );
}
