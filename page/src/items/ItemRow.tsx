// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one cannot be those of a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the grid has the focus, and keys move it
import { PencilLine, RotateCcw } from "lucide-react";
import { memo, type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Item } from "../api.generated";
import { Tick } from "../ui/Tick";
import { CellEditor } from "./CellEditor";
import { CellText } from "./CellText";
import { COLUMNS, type Column, nameOf } from "./columns";
import type { Editing, Editor } from "./useEditing";
import type { Grid, GridActs } from "./useGrid";
import type { Selection } from "./useSelection";

/** The widths of the columns. */
export const TEMPLATE =
  "grid grid-cols-[2.75rem_minmax(9rem,1fr)_7.5rem_8.5rem_minmax(6rem,14rem)_7rem_2.75rem]";

/** What the table is wide at least. */
export const WIDTH = "min-w-[43rem]";

interface RowProps {
  item: Item;
  row: number;
  /** How far below the head it stands, in pixels. */
  start: number;
  isSelected: boolean;
  activeColumn: number | null;
  editing: Editing | null;
  editor: Editor;
  grid: Grid;
  selection: Selection;
  acts: GridActs;
}

/** One item of the table. */
export const ItemRow = memo(Row, isSameRow);

function Row(props: RowProps): ReactNode {
  const { t } = useTranslation();
  const { item, row, start, isSelected, selection, acts } = props;
  const title = nameOf(item);
  const Icon = acts.isFixed ? RotateCcw : PencilLine;
  const opens = acts.isFixed ? t("items.restoreOne", { title }) : t("items.openOne", { title });
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      aria-selected={isSelected}
      className={`group/row ${TEMPLATE} absolute inset-x-0 top-0 h-11 items-center border-b border-line/70 text-sm hover:bg-sunken aria-selected:bg-tint ${props.editing ? "z-5" : ""}`}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="gridcell" className="flex justify-center">
        <Tick
          label={t("items.select", { title })}
          isOn={isSelected}
          isStep={false}
          onChange={(isRange) => (isRange ? selection.extend(item.id) : selection.toggle(item.id))}
        />
      </span>
      {COLUMNS.map((column, place) => (
        <GridCell key={column} {...props} column={column} isActive={props.activeColumn === place} />
      ))}
      <span role="gridcell" className="flex justify-center">
        <button
          type="button"
          tabIndex={-1}
          aria-label={opens}
          title={opens}
          onClick={() => acts.open(item)}
          className="flex size-8 items-center justify-center rounded-md text-faint opacity-0 group-hover/row:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100"
        >
          <Icon aria-hidden="true" className="size-4" />
        </button>
      </span>
    </div>
  );
}

interface CellProps extends RowProps {
  column: Column;
  isActive: boolean;
}

function GridCell({ item, row, column, isActive, editing, editor, grid }: CellProps): ReactNode {
  const cell = useRef<HTMLDivElement>(null);
  const isWritten = editing?.column === column;
  return (
    <div
      ref={cell}
      role="gridcell"
      tabIndex={isActive && !isWritten ? 0 : -1}
      onFocus={(event) => event.target === cell.current && grid.keys.visit(item, column, row)}
      onDoubleClick={() => !isWritten && grid.keys.edit(item, column)}
      className={`relative flex h-full min-w-0 items-center focus-visible:z-1 focus-visible:rounded-md focus-visible:-outline-offset-2 ${column === "number" ? "justify-end" : ""}`}
    >
      {isWritten && editing ? (
        <CellEditor editing={editing} editor={editor} grid={grid} />
      ) : (
        <CellText item={item} column={column} />
      )}
    </div>
  );
}

// The grid and the editor are new objects at each letter; a row changes only with what it shows of them.
function isSameRow(one: RowProps, other: RowProps): boolean {
  return (
    one.item === other.item &&
    one.row === other.row &&
    one.start === other.start &&
    one.isSelected === other.isSelected &&
    one.activeColumn === other.activeColumn &&
    one.editing === other.editing &&
    one.acts === other.acts
  );
}
