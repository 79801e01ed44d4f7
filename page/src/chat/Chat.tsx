import { SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { go } from "../shell/place";
import { Top } from "../shell/Top";
import { IconButton } from "../ui/Button";
import { useWide } from "../ui/useWide";
import { useAsking } from "./asking";
import { Composer } from "./Composer";
import { Conversation } from "./Conversation";
import { EmptyState } from "./EmptyState";
import { Question } from "./Question";
import { useConversations } from "./reading";
import { useChatEvents } from "./useChatEvents";
import { useModelChoice } from "./useModelChoice";

/** The area of chat: one conversation, or the beginning of one. */
export default function Chat({ rest }: { rest: string }): ReactNode {
  const id = rest || null;
  const choice = useModelChoice();
  const asking = useAsking(id, choice.asked);
  useChatEvents();
  return (
    <>
      <Heading id={id} />
      {id ? (
        <Conversation key={id} id={id} pending={asking.pending} model={choice.asked} />
      ) : (
        <Beginning asking={asking} model={choice.current} />
      )}
      <Composer id={id} asking={asking} choice={choice} />
    </>
  );
}

function Beginning({
  asking,
  model,
}: {
  asking: ReturnType<typeof useAsking>;
  model: ReturnType<typeof useModelChoice>["current"];
}): ReactNode {
  if (asking.pending && !asking.pending.conversationId) {
    return (
      <div className="min-h-0 flex-1 overflow-y-auto px-4">
        <div className="mx-auto max-w-3xl py-6">
          <Question text={asking.pending.text} />
        </div>
      </div>
    );
  }
  return <EmptyState model={model} onTry={asking.send} />;
}

function Heading({ id }: { id: string | null }): ReactNode {
  const { t } = useTranslation();
  const isWide = useWide();
  return (
    <Top title={useTitle(id)}>
      {!isWide && (
        <IconButton label={t("chat.newConversation")} className="size-11" onClick={() => go("/chat")}>
          <SquarePen aria-hidden="true" className="size-5" />
        </IconButton>
      )}
    </Top>
  );
}

function useTitle(id: string | null): string {
  const listed = useConversations().data?.find((each) => each.id === id)?.title;
  return listed ?? "";
}
