import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";
import { go } from "../shell/place";
import { reason } from "../ui/reason";
import { Trouble } from "../ui/Trouble";
import { Announcement } from "./Announcement";
import type { Pending } from "./asking";
import { Question } from "./Question";
import { useConversation } from "./reading";

const loadList = () => import("./MessageList");
const MessageList = lazy(() => loadList().then((module) => ({ default: module.MessageList })));

/** Fetch the list of messages before the first conversation needs it: the first visit does without. */
export function prepareList(): void {
  void loadList().catch(() => {}); // asked for again by the first conversation
}

interface ConversationProps {
  id: string;
  pending: Pending | null;
  model: string | null;
}

/** One conversation: its messages, or why they cannot be shown. */
export function Conversation({ id, pending, model }: ConversationProps): ReactNode {
  const reading = useConversation(id);
  const page = reading.data;
  const coming = comingQuestion(id, pending, page?.messages ?? []);
  if (isMissing(reading.error)) return <Missing />;
  if (reading.isError && !page) return <Unread error={reading.error} onRetry={() => reading.refetch()} />;
  return (
    <>
      <Suspense fallback={<NotRead coming={coming} />}>
        {page ? <MessageList page={page} coming={coming} model={model} /> : <NotRead coming={coming} />}
      </Suspense>
      <Announcement last={page?.messages.at(-1)} />
    </>
  );
}

function NotRead({ coming }: { coming: string | null }): ReactNode {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4">
      <div className="mx-auto max-w-3xl py-4">{coming !== null && <Question text={coming} />}</div>
    </div>
  );
}

function comingQuestion(id: string, pending: Pending | null, messages: Message[]): string | null {
  if (pending?.conversationId !== id) return null;
  const isThere = messages.some((message) => message.role === "user" && message.number > pending.after);
  return isThere ? null : pending.text;
}

function Missing(): ReactNode {
  const { t } = useTranslation();
  const begin = { label: t("chat.newConversation"), run: () => go("/chat") };
  return (
    <div className="mx-auto w-full max-w-3xl flex-1 px-4 py-6">
      <Trouble what={t("chat.missing")} why={t("chat.missingNext")} action={begin} />
    </div>
  );
}

function isMissing(error: Error | null): boolean {
  return error?.name === "NotFound" || error?.name === "InvalidArguments";
}

function Unread({ error, onRetry }: { error: Error; onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  const retry = { label: t("ui.retry"), run: onRetry };
  return (
    <div className="mx-auto w-full max-w-3xl flex-1 px-4 py-6">
      <Trouble what={t("chat.readFailed")} why={reason(error)} action={retry} />
    </div>
  );
}
