import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Window } from "../ui/Window";

/** How to have a better model, told in a window that `trigger` opens. */
export function BetterModel({ trigger }: { trigger: ReactNode }): ReactNode {
  const { t } = useTranslation();
  return (
    <Window title={t("chat.model.add")} trigger={trigger}>
      <div className="space-y-4 text-sm leading-relaxed text-soft">
        <p>{t("chat.model.addText")}</p>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="overflow-x-auto rounded-xl border border-line bg-sunken p-4 font-mono text-xs text-ink"
        >
          STUDIOLO_MODEL_URL=https://api.example.com/v1{"\n"}STUDIOLO_MODEL_KEY=…
        </pre>
        <p>{t("chat.model.addNote")}</p>
      </div>
    </Window>
  );
}
