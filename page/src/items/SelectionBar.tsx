import { RotateCcw, TagPlus, TagX, Trash2, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../ui/Button";
import { FIELD } from "../ui/Fields";
import { Menu, MenuItem } from "../ui/Menu";
import type { Selection } from "./useSelection";

interface SelectionBarProps {
  selection: Selection;
  isTrash: boolean;
  onDelete: () => void;
  onRestore: () => void;
  onTag: (tag: string, isAdded: boolean) => void;
}

/** What can be done with the items that are selected, in the place of search and filter. */
export function SelectionBar(props: SelectionBarProps): ReactNode {
  const { t } = useTranslation();
  const { selection, isTrash } = props;
  return (
    <section
      aria-label={t("items.selection")}
      className="flex shrink-0 flex-wrap items-center gap-2 px-3 pb-2 sm:px-4"
    >
      <IconButton label={t("items.clearSelection")} onClick={selection.clear}>
        <X aria-hidden="true" className="size-4.5" />
      </IconButton>
      <p role="status" className="mr-auto text-sm font-medium tabular-nums">
        {t("items.selected", { num: selection.items.length })}
      </p>
      {isTrash ? (
        <Button className="h-9" onClick={props.onRestore}>
          <RotateCcw aria-hidden="true" className="size-4" />
          {t("items.restore")}
        </Button>
      ) : (
        <>
          <AddTag onAdd={(tag) => props.onTag(tag, true)} />
          <RemoveTag selection={selection} onRemove={(tag) => props.onTag(tag, false)} />
          <Button aria-label={t("items.delete")} className={`${ACT} text-danger!`} onClick={props.onDelete}>
            <Trash2 aria-hidden="true" className="size-4" />
            <span className="max-sm:hidden">{t("items.delete")}</span>
          </Button>
        </>
      )}
    </section>
  );
}

// A narrow page has room for the pictures alone.
const ACT = "h-9 max-sm:size-11 max-sm:px-0!";
const MAX_TAG = 50;

function AddTag({ onAdd }: { onAdd: (tag: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [tag, setTag] = useState<string | null>(null);
  const wasWriting = useRef(false);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && tag?.trim()) onAdd(tag.trim());
    if (event.key !== "Enter" && event.key !== "Escape") return;
    wasWriting.current = true;
    setTag(null);
  }

  if (tag === null) {
    return (
      <Button
        autoFocus={wasWriting.current}
        aria-label={t("items.addTag")}
        className={ACT}
        onClick={() => setTag("")}
      >
        <TagPlus aria-hidden="true" className="size-4" />
        <span className="max-sm:hidden">{t("items.addTag")}</span>
      </Button>
    );
  }
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the reader has just asked to write here
      autoFocus
      aria-label={t("items.tagToAdd")}
      placeholder={t("items.tagToAdd")}
      value={tag}
      maxLength={MAX_TAG}
      onChange={(event) => setTag(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => setTag(null)}
      className={`${FIELD} h-9 w-44! py-0!`}
    />
  );
}

function RemoveTag({
  selection,
  onRemove,
}: {
  selection: Selection;
  onRemove: (tag: string) => void;
}): ReactNode {
  const tags = [...new Set(selection.items.flatMap((item) => item.tags))].sort();
  if (tags.length === 0) return null;
  return (
    <Menu trigger={<RemoveButton />}>
      {tags.map((tag) => (
        <MenuItem key={tag} onSelect={() => onRemove(tag)}>
          <span className="truncate">{tag}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}

function RemoveButton(props: object): ReactNode {
  const { t } = useTranslation();
  return (
    <Button aria-label={t("items.removeTag")} className={ACT} {...props}>
      <TagX aria-hidden="true" className="size-4" />
      <span className="max-sm:hidden">{t("items.removeTag")}</span>
    </Button>
  );
}
