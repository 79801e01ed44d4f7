import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { TextArea, TextField } from "../ui/Fields";
import { MAX_RUN_S } from "./drafts";
import type { ScriptState } from "./useScript";

/** How long a run may take, and whose own scripts see the methods. */
export function Options({ script }: { script: ScriptState }): ReactNode {
  const { t } = useTranslation();
  const { draft, problems, type } = script;
  return (
    <div className="grid gap-3 rounded-xl bg-sunken p-3 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <TextField
        label={t("scripts.timeout")}
        value={draft.timeout}
        inputMode="decimal"
        autoComplete="off"
        problem={problems.timeout && t("scripts.problem.timeout", { most: MAX_RUN_S })}
        onChange={(text) => type("timeout", text)}
      />
      <TextArea
        label={t("scripts.origins")}
        value={draft.origins}
        rows={1}
        spellCheck="false"
        placeholder="https://example.org"
        hint={t("scripts.originsHint")}
        problem={problems.origins && t("scripts.problem.origins")}
        onChange={(text) => type("origins", text)}
        className="resize-y font-mono pointer-coarse:min-h-11 text-xs! leading-relaxed"
      />
    </div>
  );
}
