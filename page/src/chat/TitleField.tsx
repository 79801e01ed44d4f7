import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "../api.generated";
import { api } from "../live/api";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { CONVERSATIONS } from "./reading";

const MAX_TITLE = 200;

/** A title being changed: Enter or leaving the field keeps it, Escape does not. */
export function TitleField({
  conversation,
  onDone,
}: {
  conversation: Conversation;
  /** `byKey`: the reader is still here and has not gone elsewhere. */
  onDone: (byKey: boolean) => void;
}): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [title, setTitle] = useState(conversation.title);
  const isDone = useRef(false);

  async function finish(keeps: boolean, byKey: boolean): Promise<void> {
    if (isDone.current) return;
    isDone.current = true;
    const isNew = title.trim() !== "" && title.trim() !== conversation.title;
    if (keeps && isNew) await rename();
    onDone(byKey);
  }

  async function rename(): Promise<void> {
    try {
      await api.update_conversation(conversation.id, title);
      await queries.invalidateQueries({ queryKey: CONVERSATIONS });
    } catch (error) {
      notify(t("chat.changeFailed", { reason: reason(error) }));
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") void finish(true, true);
    if (event.key !== "Escape") return;
    event.stopPropagation(); // the drawer stays open
    void finish(false, true);
  }

  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the reader has just asked to write here
      autoFocus
      aria-label={t("chat.title")}
      value={title}
      maxLength={MAX_TITLE}
      onChange={(event) => setTitle(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={() => void finish(true, false)}
      onKeyDown={onKeyDown}
      className="w-full rounded-lg border border-accent bg-raised px-2.5 py-1.5 text-sm outline-none"
    />
  );
}
