import type { ReactNode } from "react";

/** Tags in one line; those that have no room are told by pointing at it. */
export function Tags({ tags }: { tags: readonly string[] }): ReactNode {
  return (
    <span
      className="flex w-full min-w-0 gap-1 overflow-hidden px-2 [mask-image:linear-gradient(to_right,black_calc(100%_-_1.5rem),transparent)]"
      title={tags.join(", ") || undefined}
    >
      {tags.map((tag) => (
        <span
          key={tag}
          className="max-w-full shrink-0 truncate rounded-md border border-line px-1.5 text-xs leading-4.5 text-soft"
        >
          {tag}
        </span>
      ))}
    </span>
  );
}
