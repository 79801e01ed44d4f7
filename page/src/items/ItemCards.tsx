import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Item } from "../api.generated";
import { writeDate, writeNumber } from "../i18n/formats";
import { IconButton } from "../ui/Button";
import { Tick } from "../ui/Tick";
import { useRows } from "../ui/useRows";
import { nameOf } from "./columns";
import type { ListProps } from "./ItemTable";
import { Tags } from "./Tags";

const CARD_PX = 84;
const GAP_PX = 8;

/** The items as cards, one below the other, for a narrow page. */
export function ItemCards(props: ListProps): ReactNode {
  const { t } = useTranslation();
  const { frame, list } = useRows({ ...props, rowPx: CARD_PX, gapPx: GAP_PX });
  return (
    <div ref={frame} className="min-h-0 flex-1 overflow-y-auto px-3 pb-3 [overflow-anchor:none]">
      <ul aria-label={t("items.list")} className="relative" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start, key }) => {
          const item = props.items[index];
          if (!item) return null;
          return (
            <li
              key={key}
              ref={list.measureElement}
              data-index={index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Card item={item} {...props} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Card({ item, selection, acts }: ListProps & { item: Item }): ReactNode {
  const { t } = useTranslation();
  const isSelected = selection.ids.has(item.id);
  const title = nameOf(item);
  return (
    <div
      className={`flex items-start rounded-2xl border pr-1 ${isSelected ? "border-accent bg-tint" : "border-line bg-raised"}`}
    >
      <Tick
        label={t("items.select", { title })}
        isOn={isSelected}
        onChange={() => selection.toggle(item.id)}
      />
      {acts.isFixed ? (
        <>
          <div className="min-w-0 flex-1 py-3 pr-2">
            <Contents item={item} />
          </div>
          <IconButton
            label={t("items.restoreOne", { title })}
            className="size-11"
            onClick={() => acts.open(item)}
          >
            <RotateCcw aria-hidden="true" className="size-4.5" />
          </IconButton>
        </>
      ) : (
        <button
          type="button"
          onClick={() => acts.open(item)}
          className="min-w-0 flex-1 rounded-xl py-3 pr-2 text-left"
        >
          <Contents item={item} />
        </button>
      )}
    </div>
  );
}

function Contents({ item }: { item: Item }): ReactNode {
  const facts = [
    item.number === null ? "" : writeNumber(item.number),
    item.date ? writeDate(item.date) : "",
  ].filter(Boolean);
  return (
    <>
      <span className="block truncate text-sm font-medium">{item.title}</span>
      {item.text && <span className="block truncate text-sm text-soft">{item.text.slice(0, 200)}</span>}
      {(facts.length > 0 || item.tags.length > 0) && (
        <span className="mt-1 flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-xs text-soft">
          {facts.length > 0 && <span className="tabular-nums">{facts.join(" · ")}</span>}
          {item.tags.length > 0 && <Tags tags={item.tags} isWrapping />}
        </span>
      )}
    </>
  );
}
