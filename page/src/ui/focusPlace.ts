/** The element to come back to when what is about to open closes again: of a menu, which closes itself, its button. */
export function placeOf(focused: Element | null): HTMLElement | null {
  const opener = focused?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const place = opener ? document.getElementById(opener) : focused;
  return place instanceof HTMLElement && place !== document.body ? place : null;
}

/** Let the focus go on from the page itself where what had it has gone away; to be called when it goes. */
export function keepFocus(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.querySelector("main")?.focus();
    }),
  );
}
