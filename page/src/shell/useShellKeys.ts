import { type RefObject, useEffect, useRef } from "react";
import { HOME } from "../areas";
import { actOf } from "./palette/keys";
import { openPalette } from "./palette/opening";
import { go } from "./place";

/**
 * The keys that work wherever the focus is.
 *
 * @returns what to put around the notices: a key goes to the newest one, and what it is left by comes back to where
 * the reader was.
 */
export function useShellKeys(): RefObject<HTMLDivElement | null> {
  const notices = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const acts = {
      palette: () => openPalette(),
      new: () => go(`/${HOME.path}`),
      notice: () => visit(notices.current),
    };
    function onKeyDown(event: KeyboardEvent): void {
      const act = actOf(event);
      if (!act) return;
      event.preventDefault();
      acts[act]();
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  return notices;
}

function visit(notices: HTMLElement | null): void {
  const newest = notices?.querySelector<HTMLElement>("section > :last-child button");
  const before = document.activeElement;
  if (!notices || !newest || notices.contains(before)) return;
  newest.focus();
  returnFocus(notices, before);
}

// The button that is pressed goes away with its notice, and the focus would fall to the top of the page.
function returnFocus(notices: HTMLElement, before: Element | null): void {
  const watch = new MutationObserver(() => {
    if (notices.contains(document.activeElement)) return;
    watch.disconnect();
    if (document.activeElement !== document.body) return;
    const place = before === document.body ? document.querySelector("main") : before;
    if (place instanceof HTMLElement) place.focus();
  });
  watch.observe(notices, { childList: true, subtree: true });
}
