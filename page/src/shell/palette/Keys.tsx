import type { ReactNode } from "react";

/** Keys to press, as they are written on the keyboard. */
export function Keys({ keys }: { keys: string }): ReactNode {
  return (
    <kbd className="shrink-0 rounded-md border border-line px-1.5 font-sans text-xs leading-5 text-faint">
      {keys}
    </kbd>
  );
}
