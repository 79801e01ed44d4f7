import katex from "katex";
import "katex/dist/katex.min.css";
import { type ReactNode, useLayoutEffect, useRef } from "react";

// NOTE: `render` sets styles on the elements themselves, which the page's policy allows; `renderToString` would write
// them as attributes. Without trust no command can make a link, a picture or a class.
const SETTINGS = {
  throwOnError: true,
  trust: false,
  strict: "ignore",
  maxExpand: 500,
  maxSize: 40,
  errorColor: "var(--danger)",
} as const;

/** A formula in TeX; one that cannot be read is shown as it was written. */
export default function Formula({ tex, isBlock }: { tex: string; isBlock: boolean }): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (place.current) draw(tex, place.current, isBlock);
  }, [tex, isBlock]);
  return <span ref={place} />;
}

function draw(tex: string, place: HTMLElement, isBlock: boolean): void {
  try {
    katex.render(tex, place, { ...SETTINGS, displayMode: isBlock });
  } catch {
    place.textContent = tex;
  }
}
