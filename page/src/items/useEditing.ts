import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { Item, ItemPatch } from "../api.generated";
import { currentOf } from "../live/errors";
import { reason } from "../ui/reason";
import { changeItem } from "./changing";
import type { EditColumn } from "./columns";
import { type Draft, draftOf, plain, readDraft } from "./drafts";
import { problemText } from "./problemText";

/** A cell that is being written in: the item as it stood when that began, and what is in the field. */
export interface Editing {
  item: Item;
  column: EditColumn;
  text: string;
  problem: string | null;
}

/** Two versions of one item: what it was, what I wrote, and what stands there now. */
export interface Conflict {
  base: Item;
  mine: Draft;
  theirs: Item;
}

export interface Editor {
  editing: Editing | null;
  start: (item: Item, column: EditColumn) => void;
  type: (text: string) => void;
  cancel: () => void;
  /** Save what is in the field; answers the item as it stands then, or null where the reader cannot go on yet. */
  save: () => Promise<Item | null>;
}

/** Writes in one cell of the list at a time. */
export function useEditing(onConflict: (conflict: Conflict) => void): Editor {
  const queries = useQueryClient();
  const [editing, setEditing] = useState<Editing | null>(null);
  const now = useRef(editing);
  const isSaving = useRef(false);

  const become = useCallback((next: Editing | null) => {
    now.current = next;
    setEditing(next);
  }, []);

  const save = useCallback(async () => {
    const cell = now.current;
    if (!cell || isSaving.current) return null;
    const mine = { ...draftOf(cell.item), [cell.column]: cell.text };
    const { changes, problem } = changesOf(cell, mine);
    if (problem) become({ ...cell, problem });
    if (problem) return null;
    isSaving.current = true;
    try {
      const saved = changes ? await changeItem(queries, cell.item, changes) : cell.item;
      become(null);
      return saved;
    } catch (error) {
      const theirs = currentOf<Item>(error);
      become(theirs ? null : { ...cell, problem: reason(error) });
      if (theirs) onConflict({ base: cell.item, mine, theirs });
      return null;
    } finally {
      isSaving.current = false;
    }
  }, [queries, become, onConflict]);

  const start = useCallback(
    (item: Item, column: EditColumn) => become({ item, column, text: draftOf(item)[column], problem: null }),
    [become],
  );
  const type = useCallback(
    (text: string) => become(now.current && { ...now.current, text, problem: null }),
    [become],
  );
  const cancel = useCallback(() => become(null), [become]);
  return { editing, start, type, cancel, save };
}

function changesOf({ item, column }: Editing, mine: Draft): { changes?: ItemPatch | null; problem?: string } {
  const { item: read, problems } = readDraft(mine);
  const problem = problems[column];
  if (problem) return { problem: problemText(problem) };
  if (plain(column, mine) === plain(column, draftOf(item))) return { changes: null };
  return { changes: { [column]: read[column] } as ItemPatch };
}
