import { PencilLine } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";
import { IconButton } from "../ui/Button";
import { CopyButton } from "../ui/CopyButton";
import { Branches } from "./Branches";
import { QuestionEditor } from "./QuestionEditor";

interface QuestionProps {
  text: string;
  /** Missing while the question is on its way. */
  message?: Message;
  model?: string | null;
}

export function Question({ text, message, model = null }: QuestionProps): ReactNode {
  const { t } = useTranslation();
  const [isEditing, setEditing] = useState(false);
  return (
    <article aria-label={t("chat.question")} className="group flex flex-col items-end">
      {message && isEditing ? (
        <QuestionEditor question={message} model={model} onDone={() => setEditing(false)} />
      ) : (
        <p className="max-w-[85%] rounded-2xl rounded-br-md bg-tint px-4 py-2.5 leading-relaxed whitespace-pre-wrap wrap-anywhere">
          {text}
        </p>
      )}
      <div className="mt-1 flex h-8 items-center">
        {message && !isEditing && <Actions message={message} onEdit={() => setEditing(true)} />}
      </div>
    </article>
  );
}

function Actions({ message, onEdit }: { message: Message; onEdit: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <span className="flex opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        <CopyButton label={t("chat.copyQuestion")} text={message.text} />
        <IconButton label={t("chat.edit")} className="size-8" onClick={onEdit}>
          <PencilLine aria-hidden="true" className="size-4" />
        </IconButton>
      </span>
      <Branches message={message} />
    </>
  );
}
