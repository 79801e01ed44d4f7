import type { Message, MessageState } from "../api.generated";
import type { Streamed, TaskEnd } from "./streamedText";

const STATES: { [state: string]: MessageState } = { completed: "complete", cancelled: "stopped" };

type Said = Pick<Streamed, "text" | "thinking">;

/**
 * An answer as its stream ended it, its figures still missing; null for one that failed, whose error has its sentence
 * in the message alone.
 */
export function ended(message: Message, said: Said, end: TaskEnd): Message | null {
  const state = STATES[end.state];
  if (!state) return null;
  const { text, thinking } = said;
  return {
    ...message,
    text,
    thinking: thinking || null,
    state,
    error: null,
    ended_at: new Date().toISOString(),
  };
}
