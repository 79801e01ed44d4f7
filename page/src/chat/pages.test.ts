import { expect, test } from "vitest";
import type { ConversationPage, Message } from "../api.generated";
import { merged, patched, withComing, withEarlier } from "./pages";

function message(number: number, facts: Partial<Message> = {}): Message {
  return {
    id: `m${number}`,
    conversation_id: "c1",
    number,
    role: number % 2 ? "user" : "assistant",
    text: `${number}`,
    model: null,
    state: "complete",
    error: null,
    task_id: null,
    created_at: "",
    ended_at: null,
    figures: null,
    thinking: null,
    branches: [],
    ...facts,
  };
}

function page(first: number, last: number, next: number | null = null): ConversationPage {
  const messages = Array.from({ length: last - first + 1 }, (_, step) => message(first + step));
  const times = { created_at: "", updated_at: "" };
  const facts = { title: "", deleted: false, pinned: false, found: null, num_messages: last };
  return { conversation: { id: "c1", ...times, ...facts }, messages, next };
}

function numbers(of: ConversationPage): number[] {
  return of.messages.map((each) => each.number);
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, step) => first + step);
}

test("the newest page read again keeps the earlier messages before it", () => {
  const known = withEarlier(page(51, 100, 51), 51, page(1, 50));
  const now = merged(known, page(53, 102, 53));
  expect(numbers(now)).toEqual(upTo(102));
  expect(now.next).toBeNull();
});

test("where the newest page reaches further back than what is known, its own way back holds", () => {
  const now = merged(page(90, 100, 90), page(60, 100, 60));
  expect([numbers(now), now.next]).toEqual([upTo(100, 60), 60]);
});

test("a page that does not join what is known replaces it: there are messages between nobody has read", () => {
  const now = merged(page(1, 50), page(200, 249, 200));
  expect([numbers(now), now.next]).toEqual([upTo(249, 200), 200]);
});

test("after a step to another version what followed the old one is gone", () => {
  const fresh = { ...page(60, 99, 60), messages: [...page(60, 99).messages, message(121)] };
  const now = merged(page(1, 120), fresh);
  expect(numbers(now)).toEqual([...upTo(99), 121]);
});

test("a message that did not change stays the same object, so that it is not drawn again", () => {
  const known = page(1, 4);
  const fresh = page(1, 4);
  fresh.messages[3] = message(4, { text: "more" });
  const now = merged(known, fresh);
  expect(now.messages.map((each, place) => each === known.messages[place])).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test("a late answer of the server does not let an ended message stream again", () => {
  const known = patched(page(1, 2), message(2, { text: "all" }));
  const late = { ...page(1, 1), messages: [message(1), message(2, { text: "", state: "streaming" })] };
  expect(merged(known, late).messages[1]?.text).toBe("all");
});

test("one message is patched and the others stay", () => {
  const known = page(1, 3);
  const now = patched(known, message(2, { state: "stopped" }));
  expect(now.messages.map((each) => each.state)).toEqual(["complete", "stopped", "complete"]);
  expect(now.messages[0]).toBe(known.messages[0]);
});

test("an earlier page that was asked for twice is put in front once", () => {
  const known = page(51, 60, 51);
  const once = withEarlier(known, 51, page(1, 50));
  expect(numbers(withEarlier(once, 51, page(1, 50)))).toEqual(upTo(60));
});

test("a new conversation shows its question and coming answer before it is read", () => {
  expect(numbers(withComing(undefined, "c1", [message(1), message(2)]))).toEqual([1, 2]);
});

test("a message that is there already is not shown twice", () => {
  expect(numbers(withComing(page(1, 2), "c1", [message(2), message(3)]))).toEqual([1, 2, 3]);
});

test("an answer asked again in the middle makes way for the new one, with all that followed", () => {
  expect(numbers(withComing(page(1, 8), "c1", [message(9)], 4))).toEqual([1, 2, 3, 9]);
});

test("where the new answer was read first, nothing is taken away", () => {
  const known = { ...page(1, 1), messages: [message(1), message(3)] };
  expect(numbers(withComing(known, "c1", [message(3)], 2))).toEqual([1, 3]);
});
