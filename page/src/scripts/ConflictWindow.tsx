import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { writeWhen } from "../i18n/formats";
import { Button } from "../ui/Button";
import { Window } from "../ui/Window";
import type { Conflict, ScriptState } from "./useScript";

/** Two pages have changed one script: both versions, and which of the two to keep. */
export function ConflictWindow({ script, conflict }: { script: ScriptState; conflict: Conflict }): ReactNode {
  const { t } = useTranslation();
  const { mine, theirs } = conflict;
  return (
    <Window title={t("scripts.conflict.title")} isWide onClose={script.leaveConflict}>
      <p className="text-sm leading-relaxed text-soft wrap-anywhere">
        {t("scripts.conflict.about", { name: theirs.name, when: writeWhen(theirs.updated_at) })}
      </p>
      <div className="mt-4 grid gap-3 sm:grid-cols-2">
        <Version title={t("scripts.conflict.mine")} name={mine.name} code={mine.script} />
        <Version title={t("scripts.conflict.theirs")} name={theirs.name} code={theirs.script} />
      </div>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button onClick={script.takeTheirs}>{t("scripts.conflict.takeTheirs")}</Button>
        <Button kind="primary" onClick={() => void script.keepMine()}>
          {t("scripts.conflict.keepMine")}
        </Button>
      </div>
    </Window>
  );
}

function Version({ title, name, code }: { title: string; name: string; code: string }): ReactNode {
  return (
    <figure aria-label={title} className="min-w-0">
      <figcaption className="mb-1 text-xs text-soft">
        {title} · <span dir="auto">{name}</span>
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[40dvh] min-h-16 overflow-auto rounded-xl border border-line bg-sunken p-3 font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere"
      >
        {code}
      </pre>
    </figure>
  );
}
