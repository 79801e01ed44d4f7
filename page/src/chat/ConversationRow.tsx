import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { Braces, Ellipsis, FileText, PencilLine, Pin, PinOff, Trash2 } from "lucide-react";
import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "../api.generated";
import { api } from "../live/api";
import { useDrawer } from "../shell/drawer";
import { go } from "../shell/place";
import { Menu, MenuItem, MenuLine } from "../ui/Menu";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { focusOn } from "./focus";
import { CONVERSATIONS } from "./reading";
import { TitleField } from "./TitleField";
import { saveTranscript as save } from "./transcript";

interface RowProps {
  conversation: Conversation;
  isOpen: boolean;
}

export function ConversationRow({ conversation, isOpen }: RowProps): ReactNode {
  const { t } = useTranslation();
  const { setOpen } = useDrawer();
  const [isRenaming, setRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const isLeft = useRef(false);
  useLayoutEffect(() => {
    if (!isRenaming && isLeft.current) link.current?.focus();
    isLeft.current = false;
  }, [isRenaming]);
  const title = conversation.title || t("chat.untitled");
  function leave(byKey: boolean): void {
    isLeft.current = byKey;
    setRenaming(false);
  }
  if (isRenaming) {
    return (
      <li>
        <TitleField conversation={conversation} onDone={leave} />
      </li>
    );
  }
  return (
    <li className="group/row relative flex items-center rounded-lg hover:bg-hover has-[a[aria-current]]:bg-hover">
      <a
        ref={link}
        href={`#/chat/${conversation.id}`}
        aria-current={isOpen ? "page" : undefined}
        onClick={() => setOpen(false)}
        title={title}
        className="min-w-0 flex-1 truncate rounded-lg py-2 pr-1 pl-2.5 text-sm text-soft aria-[current]:text-ink pointer-coarse:py-3"
      >
        <span className="flex items-center gap-1.5">
          <span className="truncate">{title}</span>
          {conversation.pinned && (
            <Pin role="img" aria-label={t("chat.pinned")} className="size-3 shrink-0 text-faint" />
          )}
        </span>
        {conversation.found && (
          <span className="block truncate text-xs text-faint">{conversation.found}</span>
        )}
      </a>
      <RowMenu
        conversation={conversation}
        title={title}
        isOpen={isOpen}
        link={link}
        onRename={() => setRenaming(true)}
      />
    </li>
  );
}

interface RowMenuProps extends RowProps {
  title: string;
  link: RefObject<HTMLAnchorElement | null>;
  onRename: () => void;
}

function RowMenu({ conversation, title, isOpen, link, onRename }: RowMenuProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t("chat.moreFor", { title })}
          className="mr-1 flex size-8 shrink-0 items-center justify-center rounded-md text-faint opacity-0 group-hover/row:opacity-100 hover:text-ink focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
        >
          <Ellipsis aria-hidden="true" className="size-4" />
        </button>
      }
    >
      <MenuItem icon={<PencilLine aria-hidden="true" className="size-4" />} onSelect={onRename}>
        {t("chat.rename")}
      </MenuItem>
      <PinItem conversation={conversation} />
      <MenuItem
        icon={<FileText aria-hidden="true" className="size-4" />}
        onSelect={() => void save(conversation.id, "markdown")}
      >
        {t("chat.saveMarkdown")}
      </MenuItem>
      <MenuItem
        icon={<Braces aria-hidden="true" className="size-4" />}
        onSelect={() => void save(conversation.id, "json")}
      >
        {t("chat.saveJson")}
      </MenuItem>
      <MenuLine />
      <MenuItem
        danger
        icon={<Trash2 aria-hidden="true" className="size-4" />}
        onSelect={() =>
          remove(queries, conversation, {
            isOpen,
            undo: t("ui.undo"),
            told: t("chat.deleted", { title }),
            next: link.current && neighbour(link.current),
          })
        }
      >
        {t("chat.delete")}
      </MenuItem>
    </Menu>
  );
}

function PinItem({ conversation }: { conversation: Conversation }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const Icon = conversation.pinned ? PinOff : Pin;
  return (
    <MenuItem
      icon={<Icon aria-hidden="true" className="size-4" />}
      onSelect={() => void pin(queries, conversation)}
    >
      {t(conversation.pinned ? "chat.unpin" : "chat.pin")}
    </MenuItem>
  );
}

async function pin(queries: QueryClient, conversation: Conversation): Promise<void> {
  try {
    await api.update_conversation(conversation.id, null, !conversation.pinned);
  } catch (error) {
    notify(reason(error));
  }
  await queries.invalidateQueries({ queryKey: CONVERSATIONS });
}

interface Removal {
  isOpen: boolean;
  undo: string;
  told: string;
  /** Where the focus goes on when the row with its menu is gone. */
  next: HTMLElement | null;
}

function neighbour(link: HTMLElement): HTMLElement | null {
  const row = link.closest("li");
  const other = row?.nextElementSibling ?? row?.previousElementSibling;
  return other?.querySelector("a") ?? null;
}

async function remove(queries: QueryClient, conversation: Conversation, removal: Removal): Promise<void> {
  try {
    await api.delete_conversation(conversation.id);
    if (removal.next) removal.next.focus();
    else focusOn();
    if (removal.isOpen) go("/chat", true);
    notify(removal.told, {
      label: removal.undo,
      run: () => void bringBack(queries, conversation.id, removal.isOpen),
    });
  } catch (error) {
    notify(reason(error));
  }
  await queries.invalidateQueries({ queryKey: CONVERSATIONS });
}

async function bringBack(queries: QueryClient, id: string, wasOpen: boolean): Promise<void> {
  try {
    await api.restore_conversation(id);
    if (wasOpen) go(`/chat/${id}`, true);
  } catch (error) {
    notify(reason(error));
  }
  await queries.invalidateQueries({ queryKey: CONVERSATIONS });
}
