import { expect, test } from "vitest";
import type { Message } from "../api.generated";
import { entriesOf, heightOf } from "./entries";

function message(id: string, text: string, branches = [id]): Message {
  const facts = {
    model: null,
    error: null,
    task_id: null,
    figures: null,
    thinking: null,
    ended_at: null,
    branches,
  };
  const own = { id, conversation_id: "c1", number: 1, text, created_at: "" };
  return { ...own, ...facts, role: "assistant", state: "complete" };
}

function height(text: string): number {
  return heightOf(entriesOf([message("m", text)], null)[0]);
}

test("the versions of a message stand in one place of the list", () => {
  const [first] = entriesOf([message("a", "", ["a", "b"])], null);
  const [second] = entriesOf([message("b", "", ["a", "b"])], null);
  expect(first?.key).toBe(second?.key);
});

test("a question on its way is the last entry", () => {
  expect(entriesOf([message("a", "")], "Why?").at(-1)).toMatchObject({ coming: "Why?" });
});

test("a longer text is guessed to be higher, by its letters and by its lines", () => {
  expect(height("a ".repeat(500))).toBeGreaterThan(height("a"));
  expect(height("a\n".repeat(20))).toBeGreaterThan(height("a ".repeat(20)));
});
