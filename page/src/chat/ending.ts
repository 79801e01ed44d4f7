import type { Message, MessageState } from "../api.generated";
import type { TaskEnd } from "./streamedText";

const STATES: { [state: string]: MessageState } = { completed: "complete", cancelled: "stopped" };

/** An answer as its stream ended it. Its figures come with the message itself. */
export function ended(message: Message, text: string, end: TaskEnd): Message {
  const failed = end.error?.code === "interrupted" ? "interrupted" : "failed";
  const state = STATES[end.state] ?? failed;
  return { ...message, text, state, error: end.error, ended_at: new Date().toISOString() };
}
