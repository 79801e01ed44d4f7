// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one cannot be those of a table element
import type { Virtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Item } from "../api.generated";
import { type Rows, useRows } from "../ui/useRows";
import { COLUMNS, type Sort } from "./columns";
import { ItemRow, WIDTH } from "./ItemRow";
import { TableHead } from "./TableHead";
import type { Editor } from "./useEditing";
import { type Grid, type GridActs, useGrid } from "./useGrid";
import type { Selection } from "./useSelection";

const ROW_PX = 44;

export interface ListProps {
  items: Item[];
  /** How many there are in all, as far as that is known. */
  total: number | null;
  hasMore: boolean;
  onMore: () => void;
  selection: Selection;
  acts: GridActs;
  /** Whether the focus belongs into the list when what had it goes away. */
  owns: RefObject<boolean>;
}

interface ItemTableProps extends ListProps {
  sort: Sort;
  onSort: (sort: Sort) => void;
  editor: Editor;
}

/** The items as a table that is walked and written in by keys; only the rows in sight are on the page. */
export function ItemTable(props: ItemTableProps): ReactNode {
  const { t } = useTranslation();
  const { items, editor, selection, acts } = props;
  const held = useMemo(() => ({ row: 0 }), []);
  const rows = useRows({ ...props, rowPx: ROW_PX, held });
  const grid = useGrid({
    ...{ items, editor, selection, acts },
    frame: rows.frame,
    owns: props.owns,
    pageRows: () => pageRows(rows.list),
  });
  held.row = grid.cell.row;
  return (
    <div
      ref={rows.frame}
      role="grid"
      aria-label={t("items.list")}
      aria-rowcount={(props.total ?? items.length) + 1}
      aria-colcount={COLUMNS.length + 2}
      aria-multiselectable="true"
      onKeyDown={grid.keys.onKeyDown}
      onFocus={grid.keys.onFocus}
      onBlur={grid.keys.onBlur}
      className="min-h-0 flex-1 overflow-auto [overflow-anchor:none]"
    >
      <TableHead sort={props.sort} onSort={props.onSort} selection={selection} numItems={items.length} />
      <div role="rowgroup" className={`relative ${WIDTH}`} style={{ height: rows.list.getTotalSize() }}>
        <Shown rows={rows} grid={grid} {...props} />
      </div>
    </div>
  );
}

function Shown({
  rows,
  grid,
  items,
  editor,
  selection,
  acts,
}: ItemTableProps & { rows: Rows; grid: Grid }): ReactNode {
  const { editing } = editor;
  return rows.list.getVirtualItems().map(({ index, start, key }) => {
    const item = items[index];
    if (!item) return null;
    return (
      <ItemRow
        key={key}
        item={item}
        row={index}
        start={start}
        isSelected={selection.ids.has(item.id)}
        activeColumn={grid.cell.row === index ? grid.cell.column : null}
        editing={editing?.item.id === item.id ? editing : null}
        editor={editor}
        grid={grid}
        selection={selection}
        acts={acts}
      />
    );
  });
}

function pageRows(list: Virtualizer<HTMLDivElement, HTMLElement>): number {
  return Math.max(1, Math.floor((list.scrollRect?.height ?? 0) / ROW_PX) - 2);
}
