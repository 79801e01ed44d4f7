import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from "react";
import type { Item } from "../api.generated";
import { COLUMNS, type Column, isEditable } from "./columns";
import { type Cell, moved, nextToEdit } from "./gridMoves";
import type { Editor } from "./useEditing";
import type { Selection } from "./useSelection";

/** What can be done in the list, besides moving about. */
export interface GridActs {
  open: (item: Item) => void;
  remove: (items: Item[]) => void;
  /** Cells of the trash are not written in. */
  isFixed: boolean;
}

export interface Grid {
  /** The cell that has the focus, or will have it when the list is entered. */
  cell: Cell;
  keys: GridKeys;
}

interface Around {
  items: readonly Item[];
  editor: Editor;
  selection: Selection;
  acts: GridActs;
  frame: RefObject<HTMLDivElement | null>;
  /** Whether the focus is in the list, or belongs there when what had it goes away. */
  owns: RefObject<boolean>;
  /** How many rows are in sight. */
  pageRows: () => number;
}

interface Place extends Cell {
  id: string;
}

/** The one cell of the list that has the focus, and what keys do in it. */
export function useGrid(around: Around): Grid {
  const [place, setPlace] = useState<Place>({ id: "", row: 0, column: 0 });
  const keys = useMemo(() => new GridKeys(setPlace), []);
  keys.around = around;
  keys.cell = cellOf(place, around.items);
  useLayoutEffect(() => keys.keepFocus());
  useEffect(() => {
    const leave = (event: Event) => keys.leave(event.target as Element);
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, [keys]);
  return { cell: keys.cell, keys };
}

/** What keys and clicks do in the list; the same object as long as the list is there. */
class GridKeys {
  /** NOTE: `useGrid` puts what is shown at the moment into these two. */
  declare around: Around;
  declare cell: Cell;
  private isMoving = false;
  private readonly setPlace: (place: Place) => void;

  constructor(setPlace: (place: Place) => void) {
    this.setPlace = setPlace;
  }

  onFocus = (): void => {
    this.around.owns.current = true;
  };

  onBlur = (event: FocusEvent): void => {
    // Nothing has it next: what had it may just have gone, with the item that was deleted.
    if (event.relatedTarget) this.leave(event.relatedTarget);
  };

  leave(to: Element): void {
    if (!this.around.frame.current?.contains(to)) this.around.owns.current = false;
  }

  /** Give the cell the focus that it was moved to, or that was lost. */
  keepFocus(): void {
    const { frame, owns, editor } = this.around;
    const isLost = document.activeElement === document.body;
    if (editor.editing || !(this.isMoving || (owns.current && isLost))) return;
    const cell = frame.current?.querySelector<HTMLElement>('[role=gridcell][tabindex="0"]');
    if (!cell) return;
    this.isMoving = false;
    cell.focus({ preventScroll: true });
    showWhole(cell, frame.current);
  }

  onKeyDown = (event: KeyboardEvent): void => {
    const { items, editor, pageRows } = this.around;
    if (editor.editing || event.altKey || event.nativeEvent.isComposing) return;
    if (!(event.target as Element).matches("[role=gridcell]")) return;
    const isFar = event.ctrlKey || event.metaKey;
    const to = moved(this.cell, { key: event.key, isFar }, { numRows: items.length, pageRows: pageRows() });
    if (to && event.shiftKey) this.extend(to);
    if (to) this.goTo(to);
    if (to || this.act(event.key, isFar)) event.preventDefault();
  };

  /** Take note that a cell has the focus. */
  visit(item: Item, column: Column, row: number): void {
    const place = COLUMNS.indexOf(column);
    if (this.cell.row !== row || this.cell.column !== place)
      this.setPlace({ id: item.id, row, column: place });
  }

  /** Write in a cell; one that cannot be written in opens its item. */
  edit(item: Item, column: Column): void {
    const { editor, acts } = this.around;
    if (isEditable(column) && !acts.isFixed) editor.start(item, column);
    else acts.open(item);
  }

  /** Keep what was written in a cell, and go on to the next one that can be written in, or stay. */
  async finish(step: 0 | 1 | -1): Promise<void> {
    const next = step === 0 ? null : nextToEdit(this.cell, step, this.around.items.length);
    const saved = await this.around.editor.save();
    if (!saved) return;
    this.goTo(next ?? this.cell);
    const item = next && this.around.items[next.row];
    const column = next && COLUMNS[next.column];
    if (item && column) this.edit(item.id === saved.id ? saved : item, column);
  }

  cancel(): void {
    this.isMoving = true;
    this.around.editor.cancel();
  }

  private goTo({ row, column }: Cell): void {
    const item = this.around.items[row];
    if (!item) return;
    this.isMoving = true;
    this.setPlace({ id: item.id, row, column });
  }

  private extend({ row }: Cell): void {
    const { items, selection } = this.around;
    const [from, to] = [items[this.cell.row], items[row]];
    if (!from || !to || from === to) return;
    if (selection.ids.size === 0) selection.toggle(from.id);
    selection.extend(to.id);
  }

  private act(key: string, isFar: boolean): boolean {
    const { items, selection, acts } = this.around;
    const item = items[this.cell.row];
    const column = COLUMNS[this.cell.column];
    if (!item || !column) return false;
    const doings: { [key: string]: () => void } = {
      Enter: () => (isFar ? acts.open(item) : this.edit(item, column)),
      F2: () => this.edit(item, column),
      " ": () => selection.toggle(item.id),
      Delete: () => acts.remove(selection.items.length > 0 ? selection.items : [item]),
      Escape: () => selection.clear(),
      ...(isFar ? { a: () => selection.all() } : {}),
    };
    const doing = doings[key];
    doing?.();
    return doing !== undefined;
  }
}

// The item keeps its cell wherever it moves; when it is gone, what stands in its row has it.
function cellOf({ id, row, column }: Place, items: readonly Item[]): Cell {
  const isThere = items[row]?.id === id;
  const found = isThere ? row : items.findIndex((item) => item.id === id);
  return { row: found >= 0 ? found : Math.max(0, Math.min(row, items.length - 1)), column };
}

// The head of the table lies over the rows, so the browser's own way of bringing a cell into sight hides it.
function showWhole(cell: HTMLElement, frame: HTMLElement | null): void {
  if (!frame) return;
  const head = frame.querySelector<HTMLElement>("[role=rowgroup]")?.offsetHeight ?? 0;
  const [box, around] = [cell.getBoundingClientRect(), frame.getBoundingClientRect()];
  const above = around.top + head - box.top;
  const below = box.bottom - around.top - frame.clientHeight;
  if (above > 0) frame.scrollTop -= above;
  else if (below > 0) frame.scrollTop += below;
}
