import { ArrowUp, Square } from "lucide-react";
import {
  type FormEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useSyncExternalStore,
} from "react";
import { useTranslation } from "react-i18next";
import { api } from "../live/api";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { useGrowing } from "../ui/useGrowing";
import { type Asking, NEW } from "./asking";
import { drafts } from "./drafts";
import { FIELD_ID } from "./focus";
import { ModelLine } from "./ModelLine";
import { ProblemLine } from "./ProblemLine";
import { useRunningTask } from "./reading";
import { isSending } from "./sending";
import type { ModelChoice } from "./useModelChoice";

interface ComposerProps {
  id: string | null;
  asking: Asking;
  choice: ModelChoice;
}

/** Where a question is written, sent, and its answer stopped. */
export function Composer({ id, asking, choice }: ComposerProps): ReactNode {
  const { t } = useTranslation();
  const key = id ?? NEW;
  const text = useSyncExternalStore(drafts.watch, () => drafts.text(key));
  const running = useRunningTask(id);
  const isBusy = running !== null || asking.isSending;
  const field = useField(text, key);
  const problem = asking.problem?.conversationId === id ? asking.problem : null;

  function submit(event?: FormEvent): void {
    event?.preventDefault();
    ask();
  }

  function ask(model?: string): void {
    if (!isBusy && text.trim()) void asking.send(text, model);
  }

  return (
    <form onSubmit={submit} className="shrink-0 px-3 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-4">
      <div className="mx-auto max-w-3xl">
        {problem && <ProblemLine problem={problem} onAgain={ask} />}
        <div className="flex items-end gap-2 rounded-3xl border border-line bg-raised py-1.5 pr-1.5 pl-4 shadow-sm transition-colors focus-within:border-accent">
          <textarea
            ref={field}
            id={FIELD_ID}
            rows={1}
            value={text}
            aria-label={t("chat.message")}
            placeholder={t("chat.placeholder")}
            enterKeyHint="send"
            className="max-h-[40dvh] min-h-10 flex-1 resize-none bg-transparent py-2 leading-6 outline-none placeholder:text-faint"
            onChange={(event) => drafts.type(key, event.target.value)}
            onKeyDown={(event) => isSending(event) && submit(event)}
          />
          <SendButton running={running} isReady={text.trim() !== ""} />
        </div>
        <ModelLine choice={choice} />
      </div>
    </form>
  );
}

interface SendButtonProps {
  /** The task that writes an answer, if there is one. */
  running: string | null;
  isReady: boolean;
}

const ROUND = "flex size-10 shrink-0 items-center justify-center rounded-full transition-colors";
const SENDS =
  "bg-accent text-on-accent hover:bg-accent-strong aria-disabled:cursor-default aria-disabled:bg-sunken aria-disabled:text-faint";
const STOPS = "bg-ink text-canvas hover:opacity-85";

// One button that sends and stops, and is never disabled: so the focus on it stays where it is.
function SendButton({ running, isReady }: SendButtonProps): ReactNode {
  const { t } = useTranslation();
  const label = running ? t("chat.stop") : t("chat.send");
  const stop = (task: string) => api.cancel_task(task).catch((error) => notify(reason(error)));
  return (
    <button
      type={running ? "button" : "submit"}
      aria-label={label}
      title={label}
      aria-disabled={!running && !isReady}
      onClick={() => running && void stop(running)}
      className={`${ROUND} ${running ? STOPS : SENDS}`}
    >
      {running ? (
        <Square aria-hidden="true" className="size-3.5 fill-current" />
      ) : (
        <ArrowUp aria-hidden="true" className="size-5" />
      )}
    </button>
  );
}

// Who was quicker than the chat and opened a menu keeps it open.
function isElsewhere(): boolean {
  return document.activeElement?.closest('[role="menu"], [role="dialog"]') != null;
}

/** The field grows with its text, and has the focus where a keyboard is at hand. */
function useField(text: string, key: string): RefObject<HTMLTextAreaElement | null> {
  const field = useRef<HTMLTextAreaElement>(null);
  useGrowing(field, text);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each conversation begins in the field
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches && !isElsewhere()) field.current?.focus();
  }, [key]);
  return field;
}
