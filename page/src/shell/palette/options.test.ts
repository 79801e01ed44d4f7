import { expect, test } from "vitest";
import { beside, matching, type Option } from "./options";

function options(...texts: string[]): Option[] {
  return texts.map((text) => ({ id: text, text, icon: (() => null) as never, run: () => {} }));
}

function texts(found: Option[]): string[] {
  return found.map((option) => option.text);
}

const ALL = options(
  "New conversation",
  "Light colours",
  "Dark colours",
  "Begin a new workspace",
  "外观：深色",
);

test.each([
  ["", texts(ALL)],
  ["  ", texts(ALL)],
  ["NEW", ["New conversation", "Begin a new workspace"]],
  ["work new", ["Begin a new workspace"]],
  ["ＤＡＲＫ", ["Dark colours"]],
  ["深色", ["外观：深色"]],
  ["nothing", []],
])("%j finds %j", (words, found) => {
  expect(texts(matching(ALL, words))).toEqual(found);
});

test("an option that begins with the words comes before one that only has them", () => {
  expect(texts(matching(options("Colours: dark", "Dark"), "dark"))).toEqual(["Dark", "Colours: dark"]);
});

test("steps go round, and begin at the first where the old place is gone", () => {
  const [first, second, third] = options("a", "b", "c");
  const all = [first, second, third] as Option[];
  expect(beside(all, "a", 1)).toBe(second);
  expect(beside(all, "c", 1)).toBe(first);
  expect(beside(all, "a", -1)).toBe(third);
  expect(beside(all, "gone", 1)).toBe(first);
  expect(beside([], "a", 1)).toBeUndefined();
});
