import {
  AppWindow,
  Cog,
  Eye,
  FileCode,
  FileDown,
  FileUp,
  type LucideIcon,
  MessageCircle,
} from "lucide-react";
import { useTranslation } from "react-i18next";

// NOTE: the kinds that api/chat.py, api/item_import.py, api/item_export.py, api/page_acts.py and
// api/page_watch.py register.
export const OWN_KINDS = ["chat", "import", "export", "script", "page", "watch"] as const;
export const WATCH = "watch" satisfies OwnKind;
type OwnKind = (typeof OWN_KINDS)[number];

const ICONS: Record<OwnKind, LucideIcon> = {
  chat: MessageCircle,
  import: FileUp,
  export: FileDown,
  script: FileCode,
  page: AppWindow,
  watch: Eye,
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
