import type { Message, MessageState } from "../api.generated";
import type { TaskEnd } from "./streamedText";

const STATES: { [state: string]: MessageState } = { completed: "complete", cancelled: "stopped" };

/**
 * An answer as its stream ended it, its figures still missing; null for one that failed, whose error has its sentence
 * in the message alone.
 */
export function ended(message: Message, text: string, end: TaskEnd): Message | null {
  const state = STATES[end.state];
  if (!state) return null;
  return { ...message, text, state, error: null, ended_at: new Date().toISOString() };
}
