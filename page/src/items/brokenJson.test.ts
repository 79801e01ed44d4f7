import { expect, test } from "vitest";
import { brokenAt } from "./brokenJson";

test.each([
  ['{\n  "land": Japan\n}', 2, "Japan"],
  ['{"a": 1 "b": 2}', 1, '"b": 2}'],
  ["{'a': 1}", 1, "'a': 1}"],
  ['{"a": 1,\n}', 2, "}"],
  ['{"a": [1, 2,, 3]}', 1, ", 3]}"],
  ['{"a": "x\ny"}', 1, '"x'],
  ['{"a": {"b": 1}\n', 2, ""],
  ['{"a": "b', 1, '"b'],
  ['{"a": 01}', 1, "1}"],
  ["{} {}", 1, "{}"],
])("%j breaks in line %d at %j", (text, line, near) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(brokenAt(text)).toEqual({ line, near });
});
