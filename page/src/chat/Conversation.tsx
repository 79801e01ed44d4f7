import { ArrowDown } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";
import { go } from "../shell/place";
import { Button } from "../ui/Button";
import { reason } from "../ui/reason";
import { Trouble } from "../ui/Trouble";
import { Announcement } from "./Announcement";
import { Answer } from "./Answer";
import type { Pending } from "./asking";
import { Question } from "./Question";
import { useConversation } from "./reading";
import { useFollowing } from "./useFollowing";

interface ConversationProps {
  id: string;
  pending: Pending | null;
  model: string | null;
}

/** The messages of a conversation. */
export function Conversation({ id, pending, model }: ConversationProps): ReactNode {
  const reading = useConversation(id);
  const messages = reading.data?.messages ?? [];
  const coming = comingQuestion(id, pending, messages);
  const following = useFollowing(messages[0]?.number);
  const { toEnd } = following;
  useEffect(() => {
    if (coming !== null) toEnd();
  }, [coming, toEnd]);
  if (reading.data?.conversation.deleted) return <Missing />;
  if (reading.isError && !reading.data)
    return <Unread error={reading.error} onRetry={() => reading.refetch()} />;
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={following.frame}
        onScroll={following.onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="relative h-full overflow-y-auto px-4 [overflow-anchor:none] [scrollbar-gutter:stable_both-edges] focus-visible:-outline-offset-2"
      >
        <div ref={following.contents} className="mx-auto max-w-3xl py-4">
          <Earlier reading={reading} />
          <Messages messages={messages} coming={coming} model={model} />
          <Announcement last={messages.at(-1)} />
        </div>
      </div>
      {following.isAway && <ToEnd onClick={following.toEnd} />}
    </div>
  );
}

interface MessagesProps {
  messages: Message[];
  coming: string | null;
  model: string | null;
}

// The log is silent for a screen reader, which would read a growing text again and again; `Announcement` speaks.
function Messages({ messages, coming, model }: MessagesProps): ReactNode {
  const { t } = useTranslation();
  const last = coming === null ? messages.at(-1) : undefined;
  return (
    <div role="log" aria-live="off" aria-label={t("chat.messages")} className="flex flex-col gap-2">
      {messages.map((message) =>
        message.role === "user" ? (
          <Question key={message.id} text={message.text} message={message} model={model} />
        ) : (
          <Answer key={message.id} message={message} isLast={message === last} model={model} />
        ),
      )}
      {coming !== null && <Question text={coming} />}
    </div>
  );
}

function comingQuestion(id: string, pending: Pending | null, messages: Message[]): string | null {
  if (pending?.conversationId !== id) return null;
  const isThere = messages.some((message) => message.role === "user" && message.number > pending.after);
  return isThere ? null : pending.text;
}

function Earlier({ reading }: { reading: ReturnType<typeof useConversation> }): ReactNode {
  const { t } = useTranslation();
  if (!reading.hasNextPage) return null;
  const failed = reading.isFetchNextPageError;
  return (
    <div className="flex justify-center pb-6">
      <Button kind="quiet" disabled={reading.isFetchingNextPage} onClick={() => reading.fetchNextPage()}>
        {failed ? t("chat.earlierFailed") : t("chat.earlier")}
      </Button>
    </div>
  );
}

function ToEnd({ onClick }: { onClick: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-label={t("chat.jumpToEnd")}
      title={t("chat.jumpToEnd")}
      onClick={onClick}
      className="absolute bottom-3 left-1/2 flex size-9 -translate-x-1/2 animate-fade items-center justify-center rounded-full border border-line bg-raised text-soft shadow-md hover:text-ink"
    >
      <ArrowDown aria-hidden="true" className="size-4.5" />
    </button>
  );
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

function Unread({ error, onRetry }: { error: Error; onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  if (error.name === "NotFound" || error.name === "InvalidArguments") return <Missing />;
  const retry = { label: t("ui.retry"), run: onRetry };
  return (
    <div className="mx-auto w-full max-w-3xl flex-1 px-4 py-6">
      <Trouble what={t("chat.readFailed")} why={reason(error)} action={retry} />
    </div>
  );
}
