import type { Question } from "../api.generated";

/** How a question is answered. */
export type Asked =
  | { form: "choices"; choices: { text: string; value: unknown }[] }
  | { form: "boolean" }
  | { form: "number"; isWhole: boolean }
  | { form: "text" };

/** What a question says of its answer: see docs/guide/tasks.md. */
export function askedBy({ facts }: Question): Asked {
  if (Array.isArray(facts.choices) && facts.choices.length > 0) {
    return { form: "choices", choices: facts.choices.map((value) => ({ text: written(value), value })) };
  }
  const type = (facts.schema as { type?: unknown } | null | undefined)?.type;
  if (type === "boolean") return { form: "boolean" };
  if (type === "number" || type === "integer") return { form: "number", isWhole: type === "integer" };
  return { form: "text" };
}

/** The question in words; its name where it has none. */
export function wordsOf({ name, facts }: Question): string {
  return typeof facts.text === "string" && facts.text.trim() ? facts.text : name;
}

/** What was typed as the number it is, or null where it is none. */
export function numberOf(typed: string, isWhole: boolean): number | null {
  const text = typed.trim().replace(",", ".");
  const number = Number(text);
  if (text === "" || !Number.isFinite(number)) return null;
  return isWhole && !Number.isSafeInteger(number) ? null : number;
}

const MOST_LETTERS = 60;
const MOST_CHOICES = 4;

/** Whether the answers fit beside the question in one line. */
export function isShort(asked: Asked): boolean {
  if (asked.form === "boolean") return true;
  if (asked.form !== "choices" || asked.choices.length > MOST_CHOICES) return false;
  return asked.choices.reduce((sum, { text }) => sum + text.length, 0) <= MOST_LETTERS;
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
