import type { ReactNode } from "react";
import type { Item } from "../api.generated";
import { writeDate, writeNumber, writeWhen } from "../i18n/formats";
import type { Column } from "./columns";
import { Tags } from "./Tags";

/** What a cell shows of an item. */
export function CellText({ item, column }: { item: Item; column: Column }): ReactNode {
  switch (column) {
    case "title":
      return (
        <span className="truncate px-2" title={item.title}>
          <span>{item.title}</span>
          {item.text && <span className="ml-2 text-soft">{item.text.slice(0, 200)}</span>}
        </span>
      );
    case "number":
      return (
        <span className="truncate px-2 tabular-nums">
          {item.number === null ? "" : writeNumber(item.number)}
        </span>
      );
    case "date":
      return <span className="truncate px-2 tabular-nums">{item.date && writeDate(item.date)}</span>;
    case "tags":
      return <Tags tags={item.tags} />;
    case "updated":
      return <span className="truncate px-2 text-xs text-soft">{writeWhen(item.updated_at)}</span>;
  }
}
