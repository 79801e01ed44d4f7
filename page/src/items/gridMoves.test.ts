import { expect, test } from "vitest";
import { moved, nextToEdit } from "./gridMoves";

const SIZE = { numRows: 100, pageRows: 10 };

test.each([
  ["ArrowDown", false, { row: 6, column: 1 }],
  ["ArrowUp", false, { row: 4, column: 1 }],
  ["ArrowLeft", false, { row: 5, column: 0 }],
  ["ArrowRight", false, { row: 5, column: 2 }],
  ["PageDown", false, { row: 15, column: 1 }],
  ["PageUp", false, { row: 0, column: 1 }],
  ["Home", false, { row: 5, column: 0 }],
  ["End", false, { row: 5, column: 4 }],
  ["Home", true, { row: 0, column: 0 }],
  ["End", true, { row: 99, column: 4 }],
  ["x", false, null],
])("%s (far: %s) leads there", (key, isFar, cell) => {
  expect(moved({ row: 5, column: 1 }, { key, isFar }, SIZE)).toEqual(cell);
});

test("no key leads out of the list", () => {
  const down = { key: "ArrowDown", isFar: false };
  expect(moved({ row: 99, column: 4 }, down, SIZE)).toEqual({ row: 99, column: 4 });
});

test("Tab goes from one cell to the next that can be written, over the end of a row", () => {
  expect(nextToEdit({ row: 0, column: 0 }, 1, 2)).toEqual({ row: 0, column: 1 });
  expect(nextToEdit({ row: 0, column: 3 }, 1, 2)).toEqual({ row: 1, column: 0 });
  expect(nextToEdit({ row: 1, column: 0 }, -1, 2)).toEqual({ row: 0, column: 3 });
  expect(nextToEdit({ row: 0, column: 0 }, -1, 2)).toBeNull();
  expect(nextToEdit({ row: 1, column: 3 }, 1, 2)).toBeNull();
});
