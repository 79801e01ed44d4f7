import i18next from "i18next";
import type { Session } from "../../api.generated";
import { writeDay } from "../../i18n/formats";

/** What to call a workspace: the name its reader gave it, else the day it began. */
export function workspaceName(session: Pick<Session, "title" | "created_at">): string {
  if (session.title) return session.title;
  if (!session.created_at) return i18next.t("shell.workspace.fresh");
  return i18next.t("shell.workspace.since", { day: writeDay(session.created_at) });
}
