import { diffArrays } from "diff";

export type Side = "both" | "theirs" | "mine";

/** Lines that both versions have, or only one of them. */
export interface Stretch {
  side: Side;
  lines: string[];
  /** Shown when asked for: what is far from all that differs, and texts without end. */
  isFolded: boolean;
}

const CONTEXT = 3;
const LEAST_FOLDED = 2;
const MOST_EDITS = 1_000; // beyond that two texts have little in common, and it would take seconds to find it

/** What stands in two texts, line by line: what only theirs has comes before what mine has in its place. */
export function compareLines(theirs: string, mine: string): Stretch[] {
  const [old, now] = [linesOf(theirs), linesOf(mine)];
  const found = diffArrays(old, now, { maxEditLength: MOST_EDITS });
  if (!found) return [stretch("theirs", old, true), stretch("mine", now, true)];
  const last = found.length - 1;
  return found.flatMap(({ added, removed, value }, place) =>
    added || removed
      ? [stretch(added ? "mine" : "theirs", value)]
      : folded(value, place > 0 ? CONTEXT : 0, place < last ? CONTEXT : 0),
  );
}

function folded(lines: string[], numBefore: number, numAfter: number): Stretch[] {
  const end = lines.length - numAfter;
  if (end - numBefore < LEAST_FOLDED) return [stretch("both", lines)];
  const parts = [
    stretch("both", lines.slice(0, numBefore)),
    stretch("both", lines.slice(numBefore, end), true),
    stretch("both", lines.slice(end)),
  ];
  return parts.filter((part) => part.lines.length > 0);
}

function stretch(side: Side, lines: string[], isFolded = false): Stretch {
  return { side, lines, isFolded };
}

// An empty text has no line at all.
function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
