import { ArrowDownUp, Ellipsis, FileDown, FileUp, ListFilter, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { go } from "../shell/place";
import { Button, IconButton } from "../ui/Button";
import { Menu, MenuChoice, MenuItem, MenuLine } from "../ui/Menu";
import { useWide } from "../ui/room";
import { SearchBox } from "../ui/SearchBox";
import { NEWEST, nextSort, SORT_NAMES, type Sort, type SortName, sortName } from "./columns";
import { type Filter, numFilters } from "./where";

interface ToolbarProps {
  filter: Filter;
  onFilter: (filter: Filter) => void;
  isFiltering: boolean;
  onFiltering: (isOpen: boolean) => void;
  sort: Sort;
  onSort: (sort: Sort) => void;
}

/** Search and filter, and what can be done with the list as a whole. */
export function Toolbar(props: ToolbarProps): ReactNode {
  const { t } = useTranslation();
  const isWide = useWide();
  const { filter, onFilter } = props;
  return (
    <div className="flex shrink-0 items-center gap-2 px-3 pb-2 sm:px-4">
      <SearchBox
        label={t("items.search")}
        words={filter.search}
        onChange={(search) => onFilter({ ...filter, search })}
      />
      <FilterButton {...props} />
      {!isWide && <SortMenu sort={props.sort} onSort={props.onSort} />}
      <MoreMenu />
      {isWide ? (
        <Button kind="primary" className="h-9" onClick={() => go("/items/new")}>
          <Plus aria-hidden="true" className="size-4" />
          {t("items.new")}
        </Button>
      ) : (
        <IconButton
          kind="primary"
          label={t("items.new")}
          className="size-11 hover:text-on-accent"
          onClick={() => go("/items/new")}
        >
          <Plus aria-hidden="true" className="size-5" />
        </IconButton>
      )}
    </div>
  );
}

function FilterButton({ filter, isFiltering, onFiltering }: ToolbarProps): ReactNode {
  const { t } = useTranslation();
  const num = numFilters(filter);
  return (
    <button
      type="button"
      aria-label={num > 0 ? t("items.filters", { num }) : t("items.filter")}
      title={t("items.filter")}
      aria-expanded={isFiltering}
      onClick={() => onFiltering(!isFiltering)}
      className="flex h-9 shrink-0 items-center gap-2 rounded-lg border border-line bg-raised px-2.5 text-sm text-soft hover:border-faint hover:text-ink aria-expanded:bg-sunken pointer-coarse:h-11 pointer-coarse:min-w-11 pointer-coarse:justify-center"
    >
      <ListFilter aria-hidden="true" className="size-4" />
      <span className="max-sm:hidden">{t("items.filter")}</span>
      {num > 0 && (
        <span className="rounded-full bg-accent px-1.5 text-xs leading-4.5 text-on-accent tabular-nums">
          {num}
        </span>
      )}
    </button>
  );
}

// A phone has no heads of columns to press.
function SortMenu({ sort, onSort }: Pick<ToolbarProps, "sort" | "onSort">): ReactNode {
  const { t } = useTranslation();
  const options = SORT_NAMES.map((value) => ({ value, text: t(`items.column.${value}`) }));
  const choose = (name: SortName) =>
    onSort(name === sortName(sort) ? nextSort(sort, name) : nextSort(NEWEST, name));
  return (
    <Menu
      trigger={
        <IconButton label={t("items.sort")} className="size-11 border border-line bg-raised">
          <ArrowDownUp aria-hidden="true" className="size-4" />
        </IconButton>
      }
    >
      <MenuChoice label={t("items.sort")} value={sortName(sort)} options={options} onChoose={choose} />
    </Menu>
  );
}

function MoreMenu(): ReactNode {
  const { t } = useTranslation();
  return (
    <Menu
      trigger={
        <IconButton label={t("items.more")} className="border border-line bg-raised pointer-coarse:size-11">
          <Ellipsis aria-hidden="true" className="size-4" />
        </IconButton>
      }
    >
      <MenuItem icon={<FileUp aria-hidden="true" className="size-4" />} onSelect={() => go("/items/import")}>
        {t("items.import.title")}
      </MenuItem>
      <MenuItem
        icon={<FileDown aria-hidden="true" className="size-4" />}
        onSelect={() => go("/items/export")}
      >
        {t("items.export.title")}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<Trash2 aria-hidden="true" className="size-4" />} onSelect={() => go("/items/trash")}>
        {t("items.trash")}
      </MenuItem>
    </Menu>
  );
}
