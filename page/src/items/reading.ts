import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import type { Item, ItemFacts, ItemList, ItemWhere } from "../api.generated";
import { api } from "../live/api";
import { afterOpening } from "../live/session";
import type { Sort } from "./columns";

const PAGE = 100;
// A list that is read further than this is not read again as a whole for each change.
const MOST_PAGES = 10;

const ITEMS = ["items"];
const LISTS = [...ITEMS, "list"];
const FACTS = [...ITEMS, "facts"];

type Pages = InfiniteData<ItemList, string | null>;

/** The items that are looked for, page by page as the reader comes to them. */
export function useItems(where: ItemWhere, sort: Sort): UseInfiniteQueryResult<Item[]> {
  return useInfiniteQuery({
    queryKey: [...LISTS, where, sort],
    queryFn: ({ pageParam }) => afterOpening(() => api.list_items(where, sort, pageParam, PAGE)),
    initialPageParam: null as string | null,
    getNextPageParam: (page: ItemList) => page.next,
    placeholderData: keepPreviousData,
    select: (data) => distinct(data.pages.flatMap((page) => page.items)),
    structuralSharing: false, // compared in depth, a long list would be walked at each page that comes
  });
}

/** How many items there are, and their tags. */
export function useItemFacts(): UseQueryResult<ItemFacts> {
  return useQuery({ queryKey: FACTS, queryFn: () => afterOpening(() => api.get_item_facts()) });
}

/** One item, for whoever came by its address. */
export function useItem(id: string, known: Item | undefined): UseQueryResult<Item> {
  return useQuery({
    queryKey: [...ITEMS, "one", id],
    queryFn: () => api.get_item(id),
    enabled: !known,
    gcTime: 0,
    staleTime: 0,
  });
}

/** Show an item as it stands now wherever it is shown, in its place. */
export function showItem(queries: QueryClient, item: Item): void {
  change(queries, (items) => items.map((each) => (each.id === item.id ? newer(each, item) : each)));
}

/** Take items out of what is shown. */
export function hideItems(queries: QueryClient, ids: ReadonlySet<string>): void {
  change(queries, (items) => items.filter((each) => !ids.has(each.id)));
}

/** Read again what is shown; answers whether a long list was left as it is. */
export function readAgain(queries: QueryClient): boolean {
  const isLong = longLists(queries) > 0;
  void queries.invalidateQueries({ queryKey: FACTS });
  void queries.invalidateQueries({ queryKey: LISTS, predicate: (query) => !isLongList(query.state.data) });
  return isLong;
}

/** Read the lists from their beginning, however far they were read. */
export function readFromStart(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: FACTS });
  queries.setQueriesData<Pages>({ queryKey: LISTS }, (data) => data && firstPage(data));
  void queries.invalidateQueries({ queryKey: LISTS });
}

/** Whether an item is in a list that is known. */
export function isShown(queries: QueryClient, id: string): boolean {
  const lists = queries.getQueriesData<Pages>({ queryKey: LISTS });
  return lists.some(([, data]) => data?.pages.some((page) => page.items.some((each) => each.id === id)));
}

function longLists(queries: QueryClient): number {
  const lists = queries.getQueryCache().findAll({ queryKey: LISTS, type: "active" });
  return lists.filter((query) => isLongList(query.state.data)).length;
}

function isLongList(data: unknown): boolean {
  return ((data as Pages | undefined)?.pages.length ?? 0) > MOST_PAGES;
}

function firstPage(data: Pages): Pages {
  return { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) };
}

function change(queries: QueryClient, alter: (items: Item[]) => Item[]): void {
  queries.setQueriesData<Pages>(
    { queryKey: LISTS },
    (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: alter(page.items) })) },
  );
}

// An answer that was under way while a newer one came does not turn the time back.
function newer(old: Item, fresh: Item): Item {
  return fresh.version >= old.version ? fresh : old;
}

// An item that moved while the pages were read may stand on two of them.
function distinct(items: Item[]): Item[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
