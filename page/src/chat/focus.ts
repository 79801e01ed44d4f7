export const FIELD_ID = "message-field";
export const LIST_ID = "message-list";

/**
 * Put the focus where the reader goes on when what had it has gone: into the message field, or on a phone, where the
 * keyboard would open, on the list.
 */
export function focusOn(): void {
  const id = window.matchMedia("(pointer: fine)").matches ? FIELD_ID : LIST_ID;
  document.getElementById(id)?.focus({ preventScroll: true });
}
