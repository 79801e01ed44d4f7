import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Item } from "../api.generated";
import { go } from "../shell/place";
import { Top } from "../shell/Top";
import { Button } from "../ui/Button";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { useWide } from "../ui/room";
import { Trouble } from "../ui/Trouble";
import { useSettled } from "../ui/useSettled";
import { ConflictWindow } from "./ConflictWindow";
import { deleteItems, restoreItems, tagItems } from "./changing";
import { NEWEST, type Sort } from "./columns";
import { EmptyState } from "./EmptyState";
import { FilterRow } from "./FilterRow";
import { FootLine } from "./FootLine";
import { ItemCards } from "./ItemCards";
import { ItemForm } from "./ItemForm";
import { ItemTable } from "./ItemTable";
import { useItem, useItemFacts, useItems } from "./reading";
import { SelectionBar } from "./SelectionBar";
import { Toolbar } from "./Toolbar";
import { TransferWindows } from "./TransferWindows";
import { TrashLine } from "./TrashLine";
import { type Conflict, useEditing } from "./useEditing";
import { type Outdated, useItemEvents } from "./useItemEvents";
import { type Selection, useSelection } from "./useSelection";
import { type Filter, isFiltered, NO_FILTER, whereOf } from "./where";

/** The area of items: the list, and in windows over it whatever the address names. */
export default function Items({ rest }: { rest: string }): ReactNode {
  const { t } = useTranslation();
  const isTrash = rest === "trash";
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [filter, setFilter] = useState(NO_FILTER);
  const [sort, setSort] = useState<Sort>(NEWEST);
  const list = useList(filter, sort, isTrash);
  const editor = useEditing(setConflict);
  const outdated = useItemEvents(editor.editing !== null);
  const known = list.items?.find((item) => item.id === rest);
  return (
    <>
      <Top title={t(isTrash ? "items.trash" : "areas.items")} />
      <List
        key={isTrash ? "trash" : "items"}
        {...{ list, filter, sort, editor, outdated, isTrash }}
        onFilter={setFilter}
        onSort={setSort}
      />
      {!conflict && <Form rest={rest} known={known} onConflict={setConflict} />}
      {conflict && <ConflictWindow conflict={conflict} onClose={() => leaveConflict(setConflict)} />}
      <TransferWindows rest={rest} where={whereOf(filter)} sort={sort} onClose={() => go("/items")} />
    </>
  );
}

function leaveConflict(setConflict: (conflict: null) => void): void {
  setConflict(null);
  if (isForm(location.hash.split("/")[2] ?? "")) go("/items");
}

interface ListState {
  items: Item[] | undefined;
  total: number | null;
  numDeleted: number;
  isEmpty: boolean;
  error: Error | null;
  hasMore: boolean;
  onMore: () => void;
  onRetry: () => void;
}

function useList(filter: Filter, sort: Sort, isTrash: boolean): ListState {
  const search = useSettled(filter.search);
  const where = useMemo(
    () => (isTrash ? whereOf(NO_FILTER, true) : whereOf({ ...filter, search })),
    [filter, search, isTrash],
  );
  const reading = useItems(where, sort);
  const facts = useItemFacts().data;
  const isAll = isTrash || !isFiltered(filter);
  const count = isTrash ? facts?.num_deleted : facts?.num_items;
  const { fetchNextPage, isFetchingNextPage } = reading;
  return {
    items: reading.data,
    total: isAll ? (count ?? null) : reading.hasNextPage ? null : (reading.data?.length ?? null),
    numDeleted: facts?.num_deleted ?? 0,
    isEmpty: isAll && !isTrash && facts?.num_items === 0 && reading.data?.length === 0,
    error: reading.data ? null : reading.error,
    hasMore: reading.hasNextPage && !isFetchingNextPage,
    onMore: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    onRetry: () => void reading.refetch(),
  };
}

interface ListProps {
  list: ListState;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  sort: Sort;
  onSort: (sort: Sort) => void;
  editor: ReturnType<typeof useEditing>;
  outdated: Outdated;
  isTrash: boolean;
}

function List(props: ListProps): ReactNode {
  const { t } = useTranslation();
  const { list, filter, isTrash } = props;
  const selection = useSelection(list.items ?? NO_ITEMS);
  const owns = useRef(false);
  // The buttons of an empty list go away with the first item.
  if (list.isEmpty) owns.current = true;
  if (list.error) {
    const retry = { label: t("ui.retry"), run: list.onRetry };
    return <Trouble what={t("items.listFailed")} why={reason(list.error)} action={retry} />;
  }
  if (list.isEmpty) return <EmptyState />;
  return (
    <>
      <Head {...props} selection={selection} owns={owns} />
      <Outdating outdated={props.outdated} />
      {list.items?.length === 0 && (
        <p className="px-4 py-6 text-sm text-faint">
          {t(isTrash ? "items.trashEmpty" : isFiltered(filter) ? "items.notFound" : "items.none")}
        </p>
      )}
      {list.items && list.items.length > 0 && (
        <Shown {...props} list={list} items={list.items} selection={selection} owns={owns} />
      )}
      <span className="flex-1 empty:hidden" />
      <FootLine total={list.total} num={list.items?.length ?? 0} isTrash={isTrash} />
    </>
  );
}

const NO_ITEMS: Item[] = [];

interface ShownProps extends ListProps {
  selection: Selection;
  owns: RefObject<boolean>;
}

function Head(props: ShownProps): ReactNode {
  const { selection, isTrash, filter, onFilter } = props;
  const queries = useQueryClient();
  const [isFiltering, setFiltering] = useState(false);
  const { items } = selection;
  const after = async (act: Promise<boolean>) => {
    props.owns.current = true;
    if (await act) selection.clear();
  };
  if (items.length > 0) {
    return (
      <SelectionBar
        selection={selection}
        isTrash={isTrash}
        onDelete={() => void after(deleteItems(queries, items))}
        onRestore={() => void after(restoreItems(queries, items))}
        onTag={(tag, isAdded) => void tagItems(queries, items, tag, isAdded)}
      />
    );
  }
  if (isTrash) return <TrashLine />;
  return (
    <>
      <Toolbar {...props} isFiltering={isFiltering} onFiltering={setFiltering} />
      {isFiltering && <FilterRow filter={filter} onFilter={onFilter} />}
    </>
  );
}

function Shown(props: ShownProps & { items: Item[] }): ReactNode {
  const isWide = useWide();
  const queries = useQueryClient();
  const { list, items, selection, isTrash, sort, onSort, editor, owns } = props;
  const { clear } = selection;
  const acts = useMemo(
    () => ({
      isFixed: isTrash,
      open: (item: Item) => (isTrash ? void restoreItems(queries, [item]) : go(`/items/${item.id}`)),
      remove: async (gone: Item[]) => {
        if (isTrash) return;
        if (await deleteItems(queries, gone)) clear();
      },
    }),
    [queries, isTrash, clear],
  );
  const shown = {
    items,
    total: list.total,
    hasMore: list.hasMore,
    onMore: list.onMore,
    selection,
    acts,
    owns,
  };
  if (!isWide) return <ItemCards {...shown} />;
  return <ItemTable {...shown} sort={sort} onSort={onSort} editor={editor} />;
}

function Outdating({ outdated }: { outdated: Outdated }): ReactNode {
  const { t } = useTranslation();
  if (!outdated.isOutdated) return null;
  return (
    <div role="status" className="flex shrink-0 items-center gap-3 bg-tint px-4 py-1.5 text-sm">
      <p className="min-w-0 flex-1">{t("items.outdated")}</p>
      <Button onClick={outdated.readAgain}>{t("items.readAgain")}</Button>
    </div>
  );
}

interface FormProps {
  rest: string;
  known: Item | undefined;
  onConflict: (conflict: Conflict) => void;
}

function Form({ rest, known, onConflict }: FormProps): ReactNode {
  const close = () => go("/items");
  if (rest === "new") return <ItemForm item={null} onClose={close} onConflict={onConflict} />;
  if (!isForm(rest)) return null;
  return <KnownForm key={rest} {...{ rest, known, onConflict }} />;
}

// The item may be one that the list has not come to, when somebody opens its address.
function KnownForm({ rest, known, onConflict }: FormProps): ReactNode {
  const { t } = useTranslation();
  const [first] = useState(known);
  const reading = useItem(rest, first);
  const item = known ?? first ?? reading.data;
  const isMissing = !item && reading.isError;
  useEffect(() => {
    if (!isMissing) return;
    notify(t("items.missing"));
    go("/items", true);
  }, [isMissing, t]);
  if (!item) return null;
  return <ItemForm item={item} onClose={() => go("/items")} onConflict={onConflict} />;
}

function isForm(rest: string): boolean {
  return rest !== "" && !["trash", "import", "export"].includes(rest);
}
