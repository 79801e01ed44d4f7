/** The element to come back to when what is about to open closes again: of a menu, which closes itself, its button. */
export function placeOf(focused: Element | null): HTMLElement | null {
  const opener = focused?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const place = opener ? document.getElementById(opener) : focused;
  return place instanceof HTMLElement && place !== document.body ? place : null;
}
