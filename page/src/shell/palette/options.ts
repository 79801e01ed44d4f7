import type { LucideIcon } from "lucide-react";

/** One line of the palette. */
export interface Option {
  id: string;
  text: string;
  /** What else says which one it is: the place where a search met. */
  note?: string | null;
  icon: LucideIcon;
  /** Keys that do the same without the palette. */
  keys?: string;
  run: () => void;
}

/** Lines under a heading. */
export interface Group {
  id: string;
  title: string;
  options: Option[];
}

/** The options that have every word, those that begin with the words first; all of them where there are no words. */
export function matching(options: readonly Option[], words: string): Option[] {
  const asked = folded(words).split(/\s+/).filter(Boolean);
  const found = options.filter((option) => asked.every((word) => folded(option.text).includes(word)));
  const begins = (option: Option) => folded(option.text).startsWith(asked.join(" "));
  return [...found.filter(begins), ...found.filter((option) => !begins(option))];
}

/** The option `step` lines from one, round and round; the first where that one is not there any more. */
export function beside(options: readonly Option[], id: string | null, step: number): Option | undefined {
  const at = options.findIndex((option) => option.id === id);
  if (at < 0) return options[0];
  return options[(at + step + options.length) % options.length];
}

// Letters of full width and capitals are the same word.
function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
