import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../live/api";
import { Button } from "../ui/Button";
import { unnamedOrigin } from "./drafts";
import type { ScriptState } from "./useScript";

/** With an engine that has no world apart, a script has the methods only on sites that are named: says so, and names it. */
export function OriginLine({ script }: { script: ScriptState }): ReactNode {
  const { t } = useTranslation();
  const { draft, type } = script;
  const engine = useQuery({ queryKey: ["engine"], queryFn: async () => (await api.get_page()).engine }).data;
  const origin = unnamedOrigin(draft);
  // NOTE: the table of docs/guide/engine.md.
  if (engine !== "window" || !origin) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-tint px-3 py-2 text-sm"
    >
      <p className="min-w-0 flex-1 basis-60">{t("scripts.originMissing")}</p>
      <Button
        className="max-w-full min-w-0 pointer-coarse:min-h-11"
        onClick={() => type("origins", [draft.origins.trim(), origin].filter(Boolean).join("\n"))}
      >
        <span className="min-w-0 truncate">{t("scripts.nameOrigin", { origin })}</span>
      </Button>
    </div>
  );
}
