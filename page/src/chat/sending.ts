import type { KeyboardEvent } from "react";

/**
 * Whether a key sends what was written.
 *
 * While an input method is composing, Enter takes its suggestion. Safari ends the composition before the key comes
 * and marks it by the code 229.
 */
export function isSending(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && event.keyCode !== 229;
}
