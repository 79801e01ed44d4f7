import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../ui/Button";
import { Keys } from "./Keys";
import { NEW_KEYS, NOTICE_KEYS, PALETTE_KEYS, written } from "./keys";

/** The keys of the page. */
export function KeyList({ onBack }: { onBack: () => void }): ReactNode {
  const { t } = useTranslation();
  const keys = [
    [t("shell.palette.title"), PALETTE_KEYS],
    [t("chat.newConversation"), NEW_KEYS],
    [t("shell.keys.send"), "Enter"],
    [t("shell.keys.line"), written("Shift", "Enter")],
    [t("shell.keys.move"), "↑ ↓ ← →"],
    [t("shell.keys.edit"), "Enter"],
    [t("shell.keys.next"), "Tab"],
    [t("shell.keys.open"), written("Mod", "Enter")],
    [t("shell.keys.select"), "Space"],
    [t("shell.keys.selectAll"), written("Mod", "A")],
    [t("shell.keys.delete"), "Delete"],
    [t("shell.keys.notice"), NOTICE_KEYS],
    [t("shell.keys.leave"), "Esc"],
  ] as const;
  return (
    <>
      <div className="flex shrink-0 items-center gap-2 border-b border-line px-2 py-2">
        <IconButton autoFocus label={t("shell.palette.back")} onClick={onBack}>
          <ArrowLeft aria-hidden="true" className="size-4.5" />
        </IconButton>
        <h2 className="text-sm font-medium">{t("shell.palette.keys")}</h2>
      </div>
      <dl className="min-h-0 overflow-y-auto px-4 py-2 text-sm">
        {keys.map(([text, pressed]) => (
          <div key={text} className="flex min-h-10 items-center justify-between gap-4">
            <dt>{text}</dt>
            <dd>
              <Keys keys={pressed} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
