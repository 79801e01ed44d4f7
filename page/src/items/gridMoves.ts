import { COLUMNS, EDIT_COLUMNS, type EditColumn, isEditable } from "./columns";

/** A cell by the numbers of its row and its column. */
export interface Cell {
  row: number;
  column: number;
}

interface Size {
  numRows: number;
  /** How many rows a page of the screen has. */
  pageRows: number;
}

/** The cell that a key leads to, or null for a key that leads nowhere. */
export function moved(
  { row, column }: Cell,
  { key, isFar }: { key: string; isFar: boolean },
  size: Size,
): Cell | null {
  const lastColumn = COLUMNS.length - 1;
  const moves: { [key: string]: Cell } = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    PageUp: { row: row - size.pageRows, column },
    PageDown: { row: row + size.pageRows, column },
    Home: isFar ? { row: 0, column: 0 } : { row, column: 0 },
    End: isFar ? { row: size.numRows - 1, column: lastColumn } : { row, column: lastColumn },
  };
  const to = moves[key];
  return to ? { row: within(to.row, size.numRows), column: within(to.column, COLUMNS.length) } : null;
}

/** The next cell that can be written in, over the end of a row into the next one; null at either end of the list. */
export function nextToEdit({ row, column }: Cell, step: 1 | -1, numRows: number): Cell | null {
  const width = EDIT_COLUMNS.length;
  const here = row * width + EDIT_COLUMNS.indexOf(COLUMNS[column] as EditColumn);
  const there = here + step;
  if (there < 0 || there >= numRows * width) return null;
  const next = EDIT_COLUMNS[there % width];
  return next && isEditable(next) ? { row: Math.floor(there / width), column: COLUMNS.indexOf(next) } : null;
}

function within(value: number, count: number): number {
  return Math.max(0, Math.min(value, count - 1));
}
