import { expect, test } from "vitest";
import { compareLines } from "./comparing";

/** As a patch is written: a sign before each line, and how many are folded. */
function told(theirs: string, mine: string): string[] {
  const signs = { both: "  ", theirs: "- ", mine: "+ " };
  return compareLines(theirs, mine).flatMap(({ side, lines, isFolded }) =>
    isFolded ? [`(${lines.length})`] : lines.map((line) => signs[side] + line),
  );
}

function numbered(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, place) => from + place).join("\n");
}

test("a line that was changed is told as theirs and then as mine, between its neighbours", () => {
  expect(told("a\nb\nc", "a\nB\nc")).toEqual(["  a", "- b", "+ B", "  c"]);
});

test("what only one of them has is told without what they share", () => {
  expect(told("a\nb", "a\nb\nc")).toEqual(["  a", "  b", "+ c"]);
  expect(told("a\nb\nc", "a\nc")).toEqual(["  a", "- b", "  c"]);
});

test("three lines stay on each side of a difference, and the others are folded", () => {
  const theirs = `${numbered(1, 20)}\nold\n${numbered(30, 50)}`;
  const mine = `${numbered(1, 20)}\nnew\n${numbered(30, 50)}`;
  expect(told(theirs, mine)).toEqual([
    "(17)",
    ...["  18", "  19", "  20", "- old", "+ new", "  30", "  31", "  32"],
    "(18)",
  ]);
});

test("between two differences at least two lines are folded, or none", () => {
  const between = (num: number) => told(`a\n${numbered(1, num)}\nb`, `A\n${numbered(1, num)}\nB`);
  expect(between(7).filter((line) => line.startsWith("("))).toEqual([]);
  expect(between(8).filter((line) => line.startsWith("("))).toEqual(["(2)"]);
});

test("nothing at all is no empty line, but a new line at the end is one", () => {
  expect(told("", "a")).toEqual(["+ a"]);
  expect(told("a", "")).toEqual(["- a"]);
  expect(told("a", "a\n")).toEqual(["  a", "+ "]);
});

test("lines that differ in their blanks alone differ", () => {
  expect(told("a", "  a ")).toEqual(["- a", "+   a "]);
});

test("both texts can be put together again from what is told", () => {
  const theirs = `${numbered(1, 40)}\n\nend`;
  const mine = `0\n${numbered(5, 33)}\n\n\nend\n`;
  const without = (side: string) =>
    compareLines(theirs, mine)
      .filter((each) => each.side !== side)
      .flatMap(({ lines }) => lines)
      .join("\n");
  expect([without("mine"), without("theirs")]).toEqual([theirs, mine]);
});

test("two long texts with nothing in common are folded, one after the other, soon", () => {
  const start = performance.now();
  expect(told(numbered(1, 30_000), numbered(40_000, 70_000))).toEqual(["(30000)", "(30001)"]);
  expect(performance.now() - start).toBeLessThan(4_000);
});
