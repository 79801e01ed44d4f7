import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { writeNumber } from "../i18n/formats";
import { useRows } from "../ui/useRows";
import { type Entry, groupOf } from "./grouping";
import { TaskRow } from "./TaskRow";
import { useNow } from "./useNow";

const ROW_PX = 60;

interface TaskListProps {
  entries: Entry[];
  hasMore: boolean;
  onMore: () => void;
}

/** The tasks under the headings of their groups; only those in sight are on the page. */
export function TaskList({ entries, hasMore, onMore }: TaskListProps): ReactNode {
  const { t } = useTranslation();
  const { frame, list } = useRows({ items: entries, rowPx: ROW_PX, hasMore, onMore });
  const now = useNow(
    entries.some((entry) => "task" in entry && ["runs", "waits"].includes(groupOf(entry.task))),
  );
  return (
    <div ref={frame} className="min-h-0 flex-1 overflow-y-auto px-1.5 pb-3 sm:px-2.5 [overflow-anchor:none]">
      <ul aria-label={t("tasks.list")} className="relative" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start, key }) => {
          const entry = entries[index];
          if (!entry) return null;
          return (
            <li
              key={key}
              ref={list.measureElement}
              data-index={index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              {"task" in entry ? <TaskRow task={entry.task} now={now} /> : <Heading entry={entry} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Heading({ entry }: { entry: Extract<Entry, { group: string }> }): ReactNode {
  const { t } = useTranslation();
  const isOpen = entry.group !== "ended"; // of those that have ended nobody knows the number
  return (
    <h2 className="flex items-baseline gap-2 px-2.5 pt-4 pb-1.5 text-xs font-medium text-soft">
      {t(`tasks.group.${entry.group}`)}
      {isOpen && <span className="text-faint tabular-nums">{writeNumber(entry.num)}</span>}
    </h2>
  );
}
