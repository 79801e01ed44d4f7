import type { Item } from "../api.generated";
import type { Draft } from "./drafts";

export const COLUMNS = ["title", "number", "date", "tags", "updated"] as const;
export type Column = (typeof COLUMNS)[number];

/** The columns that can be written in place, which are fields of a draft. */
export type EditColumn = Exclude<Column, "updated">;
export const EDIT_COLUMNS = COLUMNS.filter(isEditable);

export function isEditable(column: Column): column is EditColumn {
  return column !== "updated";
}

/** What can be sorted by; the one with a minus is the other way round. */
export type SortName = "title" | "number" | "date" | "updated" | "created";
export type Sort = SortName | `-${SortName}`;

export const SORT_NAMES = ["updated", "created", "title", "number", "date"] as const satisfies SortName[];
export const NEWEST: Sort = "-updated";

/** The sort after a press on a column's head: up, then down; times begin with the newest. */
export function nextSort(now: Sort, name: SortName): Sort {
  const first: Sort = name === "updated" || name === "created" ? `-${name}` : name;
  const other: Sort = first === name ? `-${name}` : name;
  return now === first ? other : first;
}

export function sortName(sort: Sort): SortName {
  return sort.replace("-", "") as SortName;
}

/** What an item's cell says before it is written in. */
export function cellText(column: EditColumn, draft: Draft): string {
  return draft[column];
}

export function nameOf(item: Pick<Item, "title">): string {
  return item.title;
}
