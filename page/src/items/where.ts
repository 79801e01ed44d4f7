import type { ItemWhere } from "../api.generated";
import { readNumber } from "./drafts";

/** What is looked for, as it stands in the fields above the list. */
export interface Filter {
  search: string;
  tags: string[];
  numberFrom: string;
  numberTo: string;
  dateFrom: string;
  dateTo: string;
}

export const NO_FILTER: Filter = {
  search: "",
  tags: [],
  numberFrom: "",
  numberTo: "",
  dateFrom: "",
  dateTo: "",
};

/** What to ask the server for; a number that is half written is left out. */
export function whereOf(filter: Filter, deleted = false): ItemWhere {
  const where: ItemWhere = {};
  if (filter.search.trim()) where.search = filter.search.trim();
  if (filter.tags.length > 0) where.tags = filter.tags;
  const [from, to] = [readNumber(filter.numberFrom), readNumber(filter.numberTo)];
  if (from !== null && !Number.isNaN(from)) where.number_from = from;
  if (to !== null && !Number.isNaN(to)) where.number_to = to;
  if (filter.dateFrom) where.date_from = filter.dateFrom;
  if (filter.dateTo) where.date_to = filter.dateTo;
  if (deleted) where.deleted = true;
  return where;
}

/** How many of the filters beside the search are set. */
export function numFilters(filter: Filter): number {
  const { deleted: _, search: __, ...others } = whereOf(filter);
  return Object.keys(others).length;
}

export const isFiltered = (filter: Filter): boolean => Object.keys(whereOf(filter)).length > 0;
