import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { notify } from "../../ui/notify";
import { reason } from "../../ui/reason";
import { nameWorkspace } from "./workspace";

const MAX_TITLE = 100;

/** The workspace's name being changed: Enter or leaving the field keeps it, Escape does not. */
export function WorkspaceField({ title, onDone }: { title: string; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const isDone = useRef(false);

  async function finish(name: string | null): Promise<void> {
    if (isDone.current) return;
    isDone.current = true;
    try {
      if (name !== null && name.trim() !== title) await nameWorkspace(queries, name);
    } catch (error) {
      notify(reason(error));
    }
    onDone();
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") void finish(event.currentTarget.value);
    if (event.key !== "Escape") return;
    event.stopPropagation(); // the drawer stays open
    void finish(null);
  }

  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the reader has just asked to write here
      autoFocus
      aria-label={t("shell.workspace.name")}
      placeholder={t("shell.workspace.name")}
      defaultValue={title}
      maxLength={MAX_TITLE}
      onFocus={(event) => event.target.select()}
      onBlur={(event) => void finish(event.target.value)}
      onKeyDown={onKeyDown}
      className="h-9 min-w-0 flex-1 rounded-lg border border-accent bg-raised px-2.5 text-sm outline-none"
    />
  );
}
