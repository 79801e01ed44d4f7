import { useQueryClient } from "@tanstack/react-query";
import { Download, Ellipsis, PencilLine, Trash2 } from "lucide-react";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as StoredFile } from "../api.generated";
import { writeBytes, writeWhen } from "../i18n/formats";
import { Menu, MenuItem, MenuLine } from "../ui/Menu";
import { useRows } from "../ui/useRows";
import { iconOf } from "./kinds";
import { NameField } from "./NameField";
import { deleteFile } from "./reading";
import { saveFile } from "./saving";

const ROW_PX = 60;

interface FileTableProps {
  files: StoredFile[];
  hasMore: boolean;
  onMore: () => void;
}

/** The files, newest first; only those in sight are on the page. */
export function FileTable({ files, hasMore, onMore }: FileTableProps): ReactNode {
  const { t } = useTranslation();
  const { frame, list } = useRows({ items: files, rowPx: ROW_PX, hasMore, onMore });
  return (
    <div ref={frame} className="min-h-0 flex-1 overflow-y-auto px-1.5 pb-2 sm:px-2.5 [overflow-anchor:none]">
      <ul aria-label={t("files.list")} className="relative" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start, key }) => {
          const file = files[index];
          return (
            file && (
              <li
                key={key}
                className="absolute inset-x-0 top-0 h-15"
                style={{ transform: `translateY(${start}px)` }}
              >
                <FileRow file={file} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

function FileRow({ file }: { file: StoredFile }): ReactNode {
  const [isRenaming, setRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const isFocusWanted = useRef(false);
  const Icon = iconOf(file);
  // Once the link is there: a frame may be drawn before it is.
  useLayoutEffect(() => {
    if (!isRenaming && isFocusWanted.current) link.current?.focus();
    isFocusWanted.current = false;
  }, [isRenaming]);

  function leave(byKey: boolean): void {
    isFocusWanted.current = byKey;
    setRenaming(false);
  }

  return (
    <div className="group/row flex h-full items-center gap-3 rounded-xl px-1.5 hover:bg-sunken">
      <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-sunken text-soft group-hover/row:bg-hover">
        <Icon aria-hidden="true" className="size-5" />
      </span>
      {isRenaming ? (
        <NameField file={file} onDone={leave} />
      ) : (
        <a
          ref={link}
          href={`#/files/${file.id}`}
          title={file.name}
          className="min-w-0 flex-1 rounded-lg px-1 py-1.5"
        >
          <span className="block truncate text-sm font-medium">{file.name}</span>
          <span className="block truncate text-xs text-faint tabular-nums">
            {writeBytes(file.size)} · {writeWhen(file.created_at)}
          </span>
        </a>
      )}
      {/* Its menu gives the button the focus back, which the field shall have. */}
      {!isRenaming && <FileMenu file={file} onRename={() => setRenaming(true)} />}
    </div>
  );
}

function FileMenu({ file, onRename }: { file: StoredFile; onRename: () => void }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t("files.moreFor", { name: file.name })}
          className="flex size-9 shrink-0 items-center justify-center rounded-lg text-faint hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
        >
          <Ellipsis aria-hidden="true" className="size-4" />
        </button>
      }
    >
      <MenuItem icon={<Download aria-hidden="true" className="size-4" />} onSelect={() => saveFile(file)}>
        {t("files.save")}
      </MenuItem>
      <MenuItem icon={<PencilLine aria-hidden="true" className="size-4" />} onSelect={onRename}>
        {t("files.rename")}
      </MenuItem>
      <MenuLine />
      <MenuItem
        danger
        icon={<Trash2 aria-hidden="true" className="size-4" />}
        onSelect={() => void deleteFile(queries, file).then(() => document.querySelector("main")?.focus())}
      >
        {t("files.delete")}
      </MenuItem>
    </Menu>
  );
}
