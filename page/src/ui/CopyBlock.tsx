import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton";

/** Lines that are ready to use, with a button that copies them. */
export function CopyBlock({ title, copy, text }: { title: string; copy: string; text: string }): ReactNode {
  return (
    <figure aria-label={title} className="overflow-hidden rounded-xl border border-line bg-sunken">
      <figcaption className="flex min-h-9 items-center justify-between gap-2 pr-1 pl-3.5 text-xs text-soft">
        <span className="min-w-0">{title}</span>
        <CopyButton label={copy} text={text} />
      </figcaption>
      <pre className="px-3.5 pb-3 font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere">
        {text}
      </pre>
    </figure>
  );
}
