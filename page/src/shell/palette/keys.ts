const isApple = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** How keys are written on this machine: "⌘K", "Ctrl K". */
export function written(...keys: string[]): string {
  const names = keys.map((key) => (key === "Mod" ? (isApple ? "⌘" : "Ctrl") : key));
  return names.join(isApple ? "" : " ");
}

/** The shell's own keys. */
export const PALETTE_KEYS = written("Mod", "K");
export const NEW_KEYS = written("Mod", "Shift", "O");
export const NOTICE_KEYS = "F8";

export type Act = "palette" | "new" | "notice";

/** What a key press asks of the shell, or null. */
export function actOf(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">,
): Act | null {
  if (event.key === "F8" && !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey)
    return "notice";
  if (event.ctrlKey === event.metaKey || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === "k" && !event.shiftKey) return "palette";
  return key === "o" && event.shiftKey ? "new" : null;
}
