import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";
import { Button } from "../ui/Button";
import { reason } from "../ui/reason";
import { useGrowing } from "../ui/useGrowing";
import { askInOtherWords } from "./asking";
import { isSending } from "./sending";

interface EditorProps {
  question: Message;
  model: string | null;
  onDone: (isAsked: boolean) => void;
}

/** A question being put in other words, in its own place. */
export function QuestionEditor({ question, model, onDone }: EditorProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState(question.text);
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useGrowing(field, text);
  useFocusAtEnd(field);

  async function submit(): Promise<void> {
    if (!text.trim()) return;
    try {
      await askInOtherWords(queries, question, text, model);
      onDone(true);
    } catch (error) {
      setProblem(reason(error));
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.nativeEvent.isComposing) onDone(false);
    if (!isSending(event)) return;
    event.preventDefault();
    void submit();
  }

  return (
    <div className="w-full rounded-2xl border border-line bg-raised p-3 focus-within:border-accent">
      <textarea
        ref={field}
        rows={1}
        value={text}
        aria-label={t("chat.edit")}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="max-h-[50dvh] w-full resize-none bg-transparent px-1 leading-relaxed outline-none"
      />
      {problem && (
        <p role="alert" className="px-1 pt-1 text-sm text-danger">
          {t("chat.notSent", { reason: problem })}
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2 pt-2">
        <span className="flex-1 px-1 text-xs text-faint">{t("chat.editNote")}</span>
        <Button kind="quiet" onClick={() => onDone(false)}>
          {t("chat.cancel")}
        </Button>
        <Button kind="primary" onClick={() => void submit()}>
          {t("chat.askEdited")}
        </Button>
      </div>
    </div>
  );
}

// What is edited is what the reader goes on writing: the caret stands at its end.
function useFocusAtEnd(field: RefObject<HTMLTextAreaElement | null>): void {
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [field]);
}
