import { expect, test } from "vitest";
import { askedBy, isShort, numberOf, wordsOf } from "./asked";

function question(facts: { [key: string]: unknown }) {
  return { name: "send", facts };
}

test.each([
  [{ choices: ["yes", 1, false] }, ["choices"]],
  [{ choices: [] }, ["text"]],
  [{ choices: "yes" }, ["text"]],
  [{ schema: { type: "boolean" } }, ["boolean"]],
  [{ schema: { type: "number" } }, ["number", false]],
  [{ schema: { type: "integer" } }, ["number", true]],
  [{ schema: { type: "string" } }, ["text"]],
  [{ schema: null }, ["text"]],
  [{}, ["text"]],
])("%j is answered so: %j", (facts, [form, isWhole]) => {
  const asked = askedBy(question(facts));
  expect([asked.form, asked.form === "number" ? asked.isWhole : undefined]).toEqual([form, isWhole]);
});

test("choices keep their values, and texts are written without quotes", () => {
  const asked = askedBy(question({ choices: ["yes", 1, null, "1"] }));
  expect(asked).toEqual({
    form: "choices",
    choices: [
      { text: "yes", value: "yes" },
      { text: "1", value: 1 },
      { text: "null", value: null },
      { text: "1", value: "1" },
    ],
  });
});

test("a question without words is called by its name", () => {
  expect(wordsOf(question({ text: "Send it?" }))).toBe("Send it?");
  expect(wordsOf(question({ text: " " }))).toBe("send");
  expect(wordsOf(question({ text: 7 }))).toBe("send");
});

test.each([
  ["12", false, 12],
  ["2,5", false, 2.5],
  [" -3 ", true, -3],
  ["2.5", true, null],
  ["", false, null],
  ["twelve", false, null],
  ["1e999", false, null],
])("%j typed for a number, whole: %s, is %s", (typed, isWhole, number) => {
  expect(numberOf(typed, isWhole)).toBe(number);
});

test("few short choices fit beside their question", () => {
  expect(isShort(askedBy(question({ choices: ["yes", "no"] })))).toBe(true);
  expect(isShort(askedBy(question({ choices: [1, 2, 3, 4, 5] })))).toBe(false);
  expect(isShort(askedBy(question({ choices: ["a".repeat(61)] })))).toBe(false);
  expect(isShort(askedBy(question({ schema: { type: "boolean" } })))).toBe(true);
  expect(isShort(askedBy(question({})))).toBe(false);
});
