import { AppWindow, Cog, FileCode, FileDown, FileUp, type LucideIcon, MessageCircle } from "lucide-react";
import { useTranslation } from "react-i18next";

// NOTE: the kinds that api/chat.py, api/item_import.py, api/item_export.py and api/page_acts.py register.
export const OWN_KINDS = ["chat", "import", "export", "script", "page"] as const;
type OwnKind = (typeof OWN_KINDS)[number];

const ICONS: Record<OwnKind, LucideIcon> = {
  chat: MessageCircle,
  import: FileUp,
  export: FileDown,
  script: FileCode,
  page: AppWindow,
};

/** What a kind of task is called; of a person's own class by the name it has there. */
export function useKindName(): (kind: string) => string {
  const { t } = useTranslation();
  return (kind) => (isOwn(kind) ? t(`tasks.kind.${kind}`) : kind);
}

export function iconOf(kind: string): LucideIcon {
  return isOwn(kind) ? ICONS[kind] : Cog;
}

function isOwn(kind: string): kind is OwnKind {
  return (OWN_KINDS as readonly string[]).includes(kind);
}
