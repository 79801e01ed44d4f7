import { expect, test } from "vitest";
import { type Draft, draftOf, EMPTY, isSame, readDraft, readNumber, readTags } from "./drafts";

function draft(facts: Partial<Draft>): Draft {
  return { ...EMPTY, title: "Tea", ...facts };
}

test("an item goes into the fields and comes out the same", () => {
  const item = {
    title: "Tea",
    text: "green",
    number: 3.5,
    date: "2026-11-21",
    tags: ["shop", "kitchen"],
    attributes: { from: { land: "Japan" }, warm: true },
  };
  expect(readDraft(draftOf(item))).toEqual({ item, problems: {} });
});

test("an empty field says that there is nothing", () => {
  const { item } = readDraft(draft({}));
  expect(item).toEqual({ title: "Tea", text: "", number: null, date: null, tags: [], attributes: {} });
});

test("an item needs a title that is more than blanks", () => {
  expect(readDraft(draft({ title: "  " })).problems).toEqual({ title: { kind: "titleMissing" } });
});

test.each([
  ["12", 12],
  [" -3.5 ", -3.5],
  ["１２", 12],
  ["1e3", 1000],
  ["", null],
  ["1,5", Number.NaN],
  ["0x10", Number.NaN],
  ["many", Number.NaN],
])("the number %j is read as %d", (text, number) => {
  expect(readNumber(text)).toBe(number);
});

test("tags stand between commas of either script, each once", () => {
  expect(readTags(" red, blue，red、,green ")).toEqual(["red", "blue", "green"]);
});

test("attributes that are no JSON tell the line and the words", () => {
  const { problems } = readDraft(draft({ attributes: '{\n  "land": Japan\n}' }));
  expect(problems.attributes).toMatchObject({ kind: "attributesBad", line: 2 });
  expect(problems.attributes).toHaveProperty("near", expect.stringContaining("Japan"));
});

test.each(["[1]", "3", "null", '"a"'])("attributes that are %s are no object", (attributes) => {
  expect(readDraft(draft({ attributes })).problems.attributes).toEqual({ kind: "attributesNoObject" });
});

test("the same item written otherwise is the same", () => {
  const one = draft({ number: "3.0", tags: "a,b", attributes: '{"x":1}' });
  const other = draft({ number: "3", tags: "a, b,", attributes: '{ "x": 1 }' });
  expect(isSame(one, other)).toBe(true);
  expect(isSame(one, { ...other, tags: "a" })).toBe(false);
});
