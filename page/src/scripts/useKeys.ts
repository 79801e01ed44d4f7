import { useEffect, useRef } from "react";

/** Acts of keys pressed with Ctrl or Cmd, wherever on the page the focus is, but not behind a window. */
export function useKeys(acts: { [key: string]: () => unknown }): void {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isHeld = event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
      const act = isHeld && !event.isComposing && latest.current[event.key];
      if (!act || document.querySelector("[role=dialog]")) return;
      event.preventDefault();
      if (!event.repeat) act();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
