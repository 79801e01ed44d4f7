import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";
import { Button } from "../ui/Button";
import { reason } from "../ui/reason";
import { useGrowing } from "../ui/useGrowing";
import { answerTask } from "./acting";
import { type Asked, askedBy, numberOf } from "./asked";

interface AnswerFormProps {
  task: Task;
  /** The element that has the question's words. */
  labelledBy: string;
}

// What was typed stays while the reader goes elsewhere to look something up.
const typed = new Map<string, string>();

/** The answers that a question takes: buttons, or a field. */
export function AnswerForm({ task, labelledBy }: AnswerFormProps): ReactNode {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const problemId = useId();
  if (!task.question) return null;
  const asked = askedBy(task.question);

  async function send(answer: unknown): Promise<void> {
    if (isSending) return;
    setSending(true);
    try {
      await answerTask(queries, task, answer);
      typed.delete(task.id);
    } catch (error) {
      setProblem(reason(error));
    } finally {
      setSending(false);
    }
  }

  const about = { labelledBy, problemId: problem ? problemId : undefined };
  return (
    <div className="min-w-0 max-w-full">
      {asked.form === "choices" || asked.form === "boolean" ? (
        <Choices asked={asked} about={about} isSending={isSending} onChoose={send} />
      ) : (
        <Field task={task} asked={asked} about={about} onSend={send} onProblem={setProblem} />
      )}
      {problem && (
        <p id={problemId} role="alert" className="mt-1.5 text-xs text-danger wrap-anywhere">
          {problem}
        </p>
      )}
    </div>
  );
}

interface About {
  labelledBy: string;
  problemId: string | undefined;
}

interface ChoicesProps {
  asked: Extract<Asked, { form: "choices" | "boolean" }>;
  about: About;
  isSending: boolean;
  onChoose: (answer: unknown) => Promise<void>;
}

function Choices({ asked, about, isSending, onChoose }: ChoicesProps): ReactNode {
  const { t } = useTranslation();
  const choices =
    asked.form === "choices"
      ? asked.choices
      : [
          { text: t("tasks.question.yes"), value: true },
          { text: t("tasks.question.no"), value: false },
        ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset breaks the line and has a legend of its own
    <div
      role="group"
      aria-labelledby={about.labelledBy}
      aria-describedby={about.problemId}
      className="flex max-h-48 flex-wrap gap-2 overflow-y-auto p-0.5"
    >
      {choices.map(({ text, value }, place) => (
        <Button
          // biome-ignore lint/suspicious/noArrayIndexKey: the choices of a question stay as they are, and may be equal
          key={place}
          aria-disabled={isSending}
          className="max-w-full min-w-14 wrap-anywhere pointer-coarse:min-h-11"
          onClick={() => void onChoose(value)}
        >
          <span dir="auto" className="min-w-0">
            {text}
          </span>
        </Button>
      ))}
    </div>
  );
}

interface FieldProps {
  task: Task;
  asked: Extract<Asked, { form: "number" | "text" }>;
  about: About;
  onSend: (answer: unknown) => Promise<void>;
  onProblem: (problem: string | null) => void;
}

function Field({ task, asked, about, onSend, onProblem }: FieldProps): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState(typed.get(task.id) ?? "");
  const field = useRef<HTMLTextAreaElement>(null);
  useGrowing(field, text);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const number = asked.form === "number" ? numberOf(text, asked.isWhole) : null;
    const isMissing = asked.form === "number" ? number === null : text.trim() === "";
    onProblem(isMissing ? t(problemOf(asked)) : null);
    if (!isMissing) void onSend(asked.form === "number" ? number : text);
  }

  return (
    <form onSubmit={submit} noValidate className="flex max-w-full items-end gap-2">
      <div className="flex min-w-0 flex-1 rounded-lg border border-line bg-canvas transition-colors focus-within:border-accent has-aria-invalid:border-danger">
        <textarea
          ref={field}
          rows={1}
          value={text}
          inputMode={asked.form === "number" ? "decimal" : "text"}
          aria-labelledby={about.labelledBy}
          aria-describedby={about.problemId}
          aria-invalid={about.problemId !== undefined}
          placeholder={t("tasks.question.placeholder")}
          enterKeyHint="send"
          className="max-h-40 min-h-9 w-full min-w-0 resize-none bg-transparent px-3 py-2 text-sm outline-none placeholder:text-faint pointer-coarse:min-h-10.5 pointer-coarse:py-2.5"
          onChange={(event) => {
            typed.set(task.id, event.target.value);
            setText(event.target.value);
          }}
          onKeyDown={(event) => isSending(event) && submit(event)}
        />
      </div>
      <Button kind="primary" type="submit" className="h-9.5 shrink-0 pointer-coarse:h-11">
        {t("tasks.question.send")}
      </Button>
    </form>
  );
}

function problemOf(
  asked: FieldProps["asked"],
): "tasks.question.noText" | "tasks.question.noNumber" | "tasks.question.noWhole" {
  if (asked.form === "text") return "tasks.question.noText";
  return asked.isWhole ? "tasks.question.noWhole" : "tasks.question.noNumber";
}

function isSending(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
}
