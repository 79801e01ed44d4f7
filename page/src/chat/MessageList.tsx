import type { VirtualItem } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationPage } from "../api.generated";
import { Button } from "../ui/Button";
import { Answer } from "./Answer";
import { type Entry, entriesOf } from "./entries";
import { focusOn, LIST_ID } from "./focus";
import { Question } from "./Question";
import { ScrollingContext } from "./Settled";
import { type Earlier, useEarlier } from "./useEarlier";
import { type List, useMessageList } from "./useMessageList";

interface MessageListProps {
  page: ConversationPage;
  /** A question on its way. */
  coming: string | null;
  model: string | null;
}

/** The messages in sight, in a box that scrolls. */
export function MessageList({ page, coming, model }: MessageListProps): ReactNode {
  const { messages, next } = page;
  const entries = useMemo(() => entriesOf(messages, coming), [messages, coming]);
  const { frame, list, toEnd, ...reader } = useMessageList(entries, next !== null);
  const earlier = useEarlier(page, list);
  useEffect(() => {
    if (coming !== null) toEnd();
  }, [coming, toEnd]);
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={frame}
        id={LIST_ID}
        onScroll={reader.onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="h-full overflow-y-auto px-4 [overflow-anchor:none] [scrollbar-gutter:stable_both-edges] focus-visible:-outline-offset-2"
      >
        <ScrollingContext value={list.isScrolling}>
          <Log list={list} entries={entries} model={model} onFocus={reader.onFocus}>
            {next !== null && <EarlierButton earlier={earlier} />}
          </Log>
        </ScrollingContext>
      </div>
      {reader.isAway && <ToEnd onClick={toEnd} />}
    </div>
  );
}

interface LogProps {
  list: List;
  entries: Entry[];
  model: string | null;
  onFocus: (index: number) => void;
  children: ReactNode;
}

// The log is silent for a screen reader, which would read a growing text again and again; `Announcement` speaks.
function Log({ list, entries, model, onFocus, children }: LogProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div
      role="log"
      aria-live="off"
      aria-label={t("chat.messages")}
      className="relative mx-auto max-w-3xl"
      style={{ height: list.getTotalSize() }}
    >
      {children}
      {list.getVirtualItems().map((item) => (
        <Row
          key={item.key}
          item={item}
          entry={entries[item.index]}
          isLast={item.index === entries.length - 1}
          model={model}
          measure={list.measureElement}
          onFocus={onFocus}
        />
      ))}
    </div>
  );
}

interface RowProps {
  item: VirtualItem;
  entry: Entry | undefined;
  isLast: boolean;
  model: string | null;
  measure: (element: HTMLDivElement | null) => void;
  onFocus: (index: number) => void;
}

function Row({ item, entry, isLast, model, measure, onFocus }: RowProps): ReactNode {
  if (!entry) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the focus inside it only keeps it on the page
    <div
      ref={measure}
      data-index={item.index}
      onFocus={() => onFocus(item.index)}
      className="absolute inset-x-0 top-0"
      style={{ transform: `translateY(${item.start}px)` }}
    >
      <Contents entry={entry} isLast={isLast} model={model} />
    </div>
  );
}

function Contents({
  entry,
  isLast,
  model,
}: Pick<RowProps, "isLast" | "model"> & { entry: Entry }): ReactNode {
  if ("coming" in entry) return <Question text={entry.coming} />;
  const { message } = entry;
  if (message.role === "user") return <Question text={message.text} message={message} model={model} />;
  return <Answer message={message} isLast={isLast} model={model} />;
}

function EarlierButton({ earlier }: { earlier: Earlier }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="absolute inset-x-0 top-3 flex justify-center">
      <Button kind="quiet" aria-disabled={earlier.isReading} onClick={earlier.read}>
        {earlier.hasFailed ? t("chat.earlierFailed") : t("chat.earlier")}
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
      onClick={() => {
        onClick();
        focusOn();
      }}
      className="absolute bottom-3 left-1/2 flex size-9 -translate-x-1/2 animate-fade items-center justify-center rounded-full border border-line bg-raised text-soft shadow-md hover:text-ink"
    >
      <ArrowDown aria-hidden="true" className="size-4.5" />
    </button>
  );
}
