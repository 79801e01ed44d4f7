import { SquarePen } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Model } from "../api.generated";
import { go } from "../shell/place";
import { Top } from "../shell/Top";
import { IconButton } from "../ui/Button";
import { useWide } from "../ui/room";
import { prepareMarkdown } from "./AnswerText";
import { type Asking, useAsking } from "./asking";
import { Composer } from "./Composer";
import { Conversation, prepareList } from "./Conversation";
import { EmptyState } from "./EmptyState";
import { Question } from "./Question";
import { useOpenTitle } from "./reading";
import { useChatEvents } from "./useChatEvents";
import { ModelChoiceContext, useModelChoice } from "./useModelChoice";

/** The area of chat: one conversation, or the beginning of one. */
export default function Chat({ rest }: { rest: string }): ReactNode {
  const id = rest || null;
  const choice = useModelChoice();
  const asking = useAsking(id, choice.asked);
  useChatEvents();
  useEffect(prepareMarkdown, []);
  useEffect(prepareList, []);
  return (
    <ModelChoiceContext value={choice}>
      <Heading id={id} />
      {id ? (
        <Conversation key={id} id={id} pending={asking.pending} model={choice.asked} />
      ) : (
        <Beginning asking={asking} model={choice.current} />
      )}
      <Composer id={id} asking={asking} choice={choice} />
    </ModelChoiceContext>
  );
}

function Beginning({ asking, model }: { asking: Asking; model: Model | null }): ReactNode {
  if (asking.pending && !asking.pending.conversationId) {
    return (
      <div className="min-h-0 flex-1 overflow-y-auto px-4">
        <div className="mx-auto max-w-3xl py-6">
          <Question text={asking.pending.text} />
        </div>
      </div>
    );
  }
  return <EmptyState model={model} onTry={(text) => void asking.send(text)} />;
}

function Heading({ id }: { id: string | null }): ReactNode {
  const { t } = useTranslation();
  const isWide = useWide();
  return (
    <Top title={useOpenTitle(id)}>
      {!isWide && (
        <IconButton label={t("chat.newConversation")} className="size-11" onClick={() => go("/chat")}>
          <SquarePen aria-hidden="true" className="size-5" />
        </IconButton>
      )}
    </Top>
  );
}
