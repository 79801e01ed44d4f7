import type { Message } from "../api.generated";

/** One thing in the list of a conversation: a message, or a question on its way. */
export type Entry = { key: string; message: Message } | { key: string; coming: string };

const COMING = "coming";

export function entriesOf(messages: Message[], coming: string | null): Entry[] {
  const entries: Entry[] = messages.map((message) => ({ key: keyOf(message), message }));
  return coming === null ? entries : [...entries, { key: COMING, coming }];
}

// The versions of a message stand in one place: stepping through them keeps the focus on the steps.
function keyOf(message: Message): string {
  return message.branches[0] ?? message.id;
}

const LINE_PX = 27;
const LETTERS_A_LINE = 84;
const AROUND_PX = { user: 62, assistant: 44 };

const heights = new WeakMap<Message, number>();

/** About how high an entry will be, in pixels, before anybody has measured it. */
export function heightOf(entry: Entry | undefined): number {
  if (!entry) return 0;
  if ("coming" in entry) return guessed(entry.coming, "user");
  const { message } = entry;
  const height = heights.get(message) ?? guessed(message.text, message.role);
  heights.set(message, height);
  return height;
}

function guessed(text: string, role: Message["role"]): number {
  const lines = text
    .split("\n")
    .reduce((sum, line) => sum + Math.ceil((line.length || 1) / LETTERS_A_LINE), 0);
  return AROUND_PX[role] + LINE_PX * lines;
}
