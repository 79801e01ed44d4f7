import type { ReactNode } from "react";

const ONE_LINE =
  "w-full overflow-hidden px-2 [mask-image:linear-gradient(to_right,black_calc(100%_-_1.5rem),transparent)]";

/** Tags in one line, of which those that have no room are told by pointing at it; or in as many as they need. */
export function Tags({
  tags,
  isWrapping = false,
}: {
  tags: readonly string[];
  isWrapping?: boolean;
}): ReactNode {
  return (
    <span
      className={`flex min-w-0 gap-1 ${isWrapping ? "flex-wrap" : ONE_LINE}`}
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
