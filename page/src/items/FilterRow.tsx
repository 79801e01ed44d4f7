import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { FIELD } from "../ui/Fields";
import { useItemFacts } from "./reading";
import { type Filter, NO_FILTER, numFilters } from "./where";

interface FilterRowProps {
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

/** Tags and ranges that narrow the list. */
export function FilterRow({ filter, onFilter }: FilterRowProps): ReactNode {
  const { t } = useTranslation();
  const set = (changes: Partial<Filter>) => onFilter({ ...filter, ...changes });
  return (
    <section
      aria-label={t("items.filter")}
      className="flex shrink-0 animate-fade flex-wrap items-end gap-x-5 gap-y-3 border-t border-line bg-panel px-3 py-3 sm:px-4"
    >
      <Range
        name={t("items.column.number")}
        from={filter.numberFrom}
        to={filter.numberTo}
        onFrom={(numberFrom) => set({ numberFrom })}
        onTo={(numberTo) => set({ numberTo })}
      />
      <Range
        isDate
        name={t("items.column.date")}
        from={filter.dateFrom}
        to={filter.dateTo}
        onFrom={(dateFrom) => set({ dateFrom })}
        onTo={(dateTo) => set({ dateTo })}
      />
      <TagFilter filter={filter} onFilter={onFilter} />
      {numFilters(filter) > 0 && (
        <Button
          kind="quiet"
          className="h-8"
          onClick={() => onFilter({ ...NO_FILTER, search: filter.search })}
        >
          <X aria-hidden="true" className="size-4" />
          {t("items.clearFilter")}
        </Button>
      )}
    </section>
  );
}

const MOST_TAGS = 12;

function TagFilter({ filter, onFilter }: FilterRowProps): ReactNode {
  const { t } = useTranslation();
  const known = useItemFacts().data?.tags.map((tag) => tag.name) ?? [];
  const names = [...new Set([...filter.tags, ...known.slice(0, MOST_TAGS)])];
  const flip = (name: string) =>
    filter.tags.includes(name) ? filter.tags.filter((tag) => tag !== name) : [...filter.tags, name];
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-xs font-medium text-soft">{t("items.column.tags")}</legend>
      <div className="flex max-h-24 flex-wrap gap-1.5 overflow-y-auto">
        {names.length === 0 && <span className="py-1.5 text-sm text-faint">{t("items.noTags")}</span>}
        {names.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={filter.tags.includes(name)}
            onClick={() => onFilter({ ...filter, tags: flip(name) })}
            className="h-8 max-w-48 truncate rounded-lg border border-line bg-raised px-2.5 text-sm text-soft hover:border-faint aria-pressed:border-accent aria-pressed:bg-tint aria-pressed:text-ink pointer-coarse:h-10"
          >
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

interface RangeProps {
  name: string;
  isDate?: boolean;
  from: string;
  to: string;
  onFrom: (text: string) => void;
  onTo: (text: string) => void;
}

function Range({ name, isDate = false, from, to, onFrom, onTo }: RangeProps): ReactNode {
  const { t } = useTranslation();
  const shape = `${FIELD} h-8 py-0! px-2! ${isDate ? "w-34!" : "w-20! tabular-nums"} pointer-coarse:h-10`;
  const kind = isDate ? { type: "date" } : { type: "text", inputMode: "decimal" as const };
  return (
    <fieldset>
      <legend className="mb-1 text-xs font-medium text-soft">{name}</legend>
      <div className="flex items-center gap-1.5">
        <input
          {...kind}
          aria-label={t("items.from", { name })}
          placeholder={t("items.fromShort")}
          value={from}
          onChange={(event) => onFrom(event.target.value)}
          className={shape}
        />
        <span aria-hidden="true" className="text-faint">
          –
        </span>
        <input
          {...kind}
          aria-label={t("items.to", { name })}
          placeholder={t("items.toShort")}
          value={to}
          onChange={(event) => onTo(event.target.value)}
          className={shape}
        />
      </div>
    </fieldset>
  );
}
