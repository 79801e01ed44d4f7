import { type Draft, FIELDS, type Field, plain } from "./drafts";

export type Side = "mine" | "theirs";
export type Choice = Partial<Record<Field, Side>>;

/** A field that stands differently in two versions of an item, and who of the two has changed it. */
export interface Clash {
  field: Field;
  isMine: boolean;
  isTheirs: boolean;
}

/** The fields in which what I wrote and what stands there now differ; `base` is what I began with. */
export function clashesOf(base: Draft, mine: Draft, theirs: Draft): Clash[] {
  const differing = FIELDS.filter((field) => plain(field, mine) !== plain(field, theirs));
  return differing.map((field) => ({
    field,
    isMine: plain(field, mine) !== plain(field, base),
    isTheirs: plain(field, theirs) !== plain(field, base),
  }));
}

/** What to keep of each field where nobody has chosen yet: what was changed, and mine where both have. */
export function startingChoice(clashes: readonly Clash[]): Choice {
  return Object.fromEntries(clashes.map(({ field, isMine }) => [field, isMine ? "mine" : "theirs"]));
}

/** All fields from one side. */
export function allFrom(side: Side, clashes: readonly Clash[]): Choice {
  return Object.fromEntries(clashes.map(({ field }) => [field, side]));
}

/** What stands there now, with what was chosen of mine put in. */
export function mergedDraft(mine: Draft, theirs: Draft, choice: Choice): Draft {
  const merged = { ...theirs };
  for (const field of FIELDS) if (choice[field] === "mine") merged[field] = mine[field];
  return merged;
}
