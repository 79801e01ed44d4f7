import { expect, test } from "vitest";
import { EMPTY } from "./drafts";
import { allFrom, clashesOf, mergedDraft, startingChoice } from "./merging";

const BASE = { ...EMPTY, title: "Tea", number: "3", tags: "shop" };
const MINE = { ...BASE, title: "Green tea", number: "4" };
const THEIRS = { ...BASE, title: "Black tea", tags: "shop, kitchen" };

test("each field that differs tells who has changed it", () => {
  expect(clashesOf(BASE, MINE, THEIRS)).toEqual([
    { field: "title", isMine: true, isTheirs: true },
    { field: "number", isMine: true, isTheirs: false },
    { field: "tags", isMine: false, isTheirs: true },
  ]);
});

test("without a choice nobody's change is lost, and where both have changed mine is proposed", () => {
  const choice = startingChoice(clashesOf(BASE, MINE, THEIRS));
  expect(mergedDraft(MINE, THEIRS, choice)).toEqual({
    ...BASE,
    title: "Green tea",
    number: "4",
    tags: "shop, kitchen",
  });
});

test("all mine is what I wrote, all theirs is what stands there", () => {
  const clashes = clashesOf(BASE, MINE, THEIRS);
  expect(mergedDraft(MINE, THEIRS, allFrom("mine", clashes))).toEqual(MINE);
  expect(mergedDraft(MINE, THEIRS, allFrom("theirs", clashes))).toEqual(THEIRS);
});

test("what both have changed to the same is no clash", () => {
  expect(clashesOf(BASE, MINE, { ...MINE })).toEqual([]);
});
