import { PencilLine } from "lucide-react";
import { memo, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";
import { IconButton } from "../ui/Button";
import { CopyButton } from "../ui/CopyButton";
import { Branches } from "./Branches";
import { focusOn } from "./focus";
import { QuestionEditor } from "./QuestionEditor";
import { Settled } from "./Settled";

interface QuestionProps {
  text: string;
  /** Missing while the question is on its way. */
  message?: Message;
  model?: string | null;
}

export const Question = memo(function Question({ text, message, model = null }: QuestionProps): ReactNode {
  const { t } = useTranslation();
  const { isEditing, edit, leave, pencil } = useEditing();
  return (
    <article aria-label={t("chat.question")} className="group flex flex-col items-end">
      {message && isEditing ? (
        <QuestionEditor question={message} model={model} onDone={leave} />
      ) : (
        <p className="max-w-[85%] rounded-2xl rounded-br-md bg-tint px-4 py-2.5 leading-relaxed whitespace-pre-wrap wrap-anywhere">
          {text}
        </p>
      )}
      <div className="mt-1 flex h-8 items-center">
        {message && !isEditing && (
          <Settled>
            <Actions message={message} pencil={pencil} onEdit={edit} />
          </Settled>
        )}
      </div>
    </article>
  );
});

interface Editing {
  isEditing: boolean;
  edit: () => void;
  leave: (isAsked: boolean) => void;
  pencil: RefObject<HTMLButtonElement | null>;
}

/** Whether the question is being edited; the focus goes back to the pencil that began it. */
function useEditing(): Editing {
  const [isEditing, setEditing] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const isLeft = useRef(false);
  useLayoutEffect(() => {
    if (!isEditing && isLeft.current) pencil.current?.focus();
    isLeft.current = false;
  }, [isEditing]);
  const leave = (isAsked: boolean) => {
    isLeft.current = !isAsked;
    setEditing(false);
    if (isAsked) focusOn();
  };
  return { isEditing, edit: () => setEditing(true), leave, pencil };
}

interface ActionsProps {
  message: Message;
  pencil: RefObject<HTMLButtonElement | null>;
  onEdit: () => void;
}

function Actions({ message, pencil, onEdit }: ActionsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <span className="flex opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        <CopyButton label={t("chat.copyQuestion")} text={message.text} />
        <IconButton ref={pencil} label={t("chat.edit")} className="size-8" onClick={onEdit}>
          <PencilLine aria-hidden="true" className="size-4" />
        </IconButton>
      </span>
      <Branches message={message} />
    </>
  );
}
