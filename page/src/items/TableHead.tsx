// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one cannot be those of a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the grid has the focus, and keys move it
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Tick } from "../ui/Tick";
import { COLUMNS, type Column, nextSort, type Sort, type SortName, sortName } from "./columns";
import { TEMPLATE, WIDTH } from "./ItemRow";
import type { Selection } from "./useSelection";

interface TableHeadProps {
  sort: Sort;
  onSort: (sort: Sort) => void;
  selection: Selection;
  numItems: number;
}

const RIGHT = "justify-end";

/** The names of the columns, each a button that sorts by it. */
export function TableHead({ sort, onSort, selection, numItems }: TableHeadProps): ReactNode {
  const { t } = useTranslation();
  const num = selection.items.length;
  const isAll = num > 0 && num === numItems;
  return (
    <div role="rowgroup" className={`sticky top-0 z-10 border-b border-line bg-canvas ${WIDTH}`}>
      <div role="row" aria-rowindex={1} className={`${TEMPLATE} h-9 items-center text-xs text-faint`}>
        <span role="columnheader" className="flex justify-center">
          <Tick
            label={t("items.selectAll")}
            isOn={isAll}
            isPartly={num > 0 && !isAll}
            onChange={() => (isAll ? selection.clear() : selection.all())}
          />
        </span>
        {COLUMNS.map((column) => (
          <Heading key={column} column={column} sort={sort} onSort={onSort} />
        ))}
        <span role="columnheader">
          <span className="sr-only">{t("items.open")}</span>
        </span>
      </div>
    </div>
  );
}

interface HeadingProps {
  column: Column;
  sort: Sort;
  onSort: (sort: Sort) => void;
}

function Heading({ column, sort, onSort }: HeadingProps): ReactNode {
  const { t } = useTranslation();
  const name = t(`items.column.${column}`);
  const side = column === "number" ? RIGHT : "";
  if (column === "tags") return <Plain name={name} />;
  const isSorted = sortName(sort) === column;
  const order = sort.startsWith("-") ? "descending" : "ascending";
  const Arrow = order === "ascending" ? ArrowUp : ArrowDown;
  return (
    <span role="columnheader" aria-sort={isSorted ? order : "none"} className={`flex min-w-0 ${side}`}>
      <button
        type="button"
        onClick={() => onSort(nextSort(sort, column as SortName))}
        title={t("items.sortBy", { name })}
        className={`flex h-8 min-w-0 items-center gap-1 rounded-md px-2 font-medium hover:bg-hover hover:text-ink ${isSorted ? "text-ink" : ""} ${side && "flex-row-reverse"}`}
      >
        <span className="truncate">{name}</span>
        {isSorted && <Arrow aria-hidden="true" className="size-3.5 shrink-0" />}
      </button>
    </span>
  );
}

function Plain({ name }: { name: string }): ReactNode {
  return (
    <span role="columnheader" className="truncate px-2 font-medium">
      {name}
    </span>
  );
}
