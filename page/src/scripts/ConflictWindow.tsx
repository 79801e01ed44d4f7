import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { writeWhen } from "../i18n/formats";
import { Button } from "../ui/Button";
import { Window, WindowFoot } from "../ui/Window";
import { Comparison, Legend } from "./Comparison";
import { draftOf, type Field, fieldsThatDiffer } from "./drafts";
import type { Conflict, ScriptState } from "./useScript";

const TITLES = {
  name: "scripts.name",
  url: "scripts.url",
  timeout: "scripts.timeout",
  origins: "scripts.origins",
  script: "scripts.code",
} as const satisfies Record<Field, string>;

/** Two pages have changed one script: in what their versions differ, and which of the two to keep. */
export function ConflictWindow({ script, conflict }: { script: ScriptState; conflict: Conflict }): ReactNode {
  const { t } = useTranslation();
  const { mine, theirs: saved } = conflict;
  const theirs = draftOf(saved);
  return (
    <Window title={t("scripts.conflict.title")} isWide onClose={script.leaveConflict}>
      <p className="text-sm leading-relaxed text-soft wrap-anywhere">
        {t("scripts.conflict.about", { name: saved.name, when: writeWhen(saved.updated_at) })}
      </p>
      <Legend />
      <div className="mt-3 space-y-3">
        {fieldsThatDiffer(theirs, mine).map((field) => (
          <Comparison key={field} title={t(TITLES[field])} theirs={theirs[field]} mine={mine[field]} />
        ))}
      </div>
      <WindowFoot>
        <Button onClick={script.takeTheirs}>{t("scripts.conflict.takeTheirs")}</Button>
        <Button kind="primary" onClick={() => void script.keepMine()}>
          {t("scripts.conflict.keepMine")}
        </Button>
      </WindowFoot>
    </Window>
  );
}
