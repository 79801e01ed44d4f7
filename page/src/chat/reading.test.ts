import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test, vi } from "vitest";
import type { ConversationPage, Message } from "../api.generated";

const get_conversation = vi.fn();
vi.mock("../live/api", () => ({ api: { get_conversation } }));
vi.mock("../live/session", () => ({ afterOpening: (read: () => unknown) => read() }));
const { conversationKey, expect: expectMessages, readEarlier, readMessage } = await import("./reading");

let queries: QueryClient;

beforeEach(() => {
  get_conversation.mockReset();
  queries = new QueryClient();
});

function message(number: number, text = ""): Message {
  const facts = {
    model: null,
    error: null,
    task_id: null,
    figures: null,
    thinking: null,
    ended_at: null,
    branches: [],
  };
  const own = { id: `m${number}`, conversation_id: "c1", number, text, created_at: "" };
  return { ...own, ...facts, role: "assistant", state: "complete" };
}

function page(messages: Message[], next: number | null = null): Partial<ConversationPage> {
  return { messages, next };
}

function known(): ConversationPage | undefined {
  return queries.getQueryData<ConversationPage>(conversationKey("c1"));
}

test("a message that changed is read alone, and nothing else is", async () => {
  expectMessages(queries, "c1", [message(1), message(2)]);
  get_conversation.mockResolvedValue(page([message(2, "all of it")]));
  await readMessage(queries, "c1", "m2");
  expect(get_conversation.mock.calls).toEqual([["c1", 3, 1]]);
  expect(known()?.messages.map((each) => each.text)).toEqual(["", "all of it"]);
});

test("a message nobody knows yet makes the newest page out of date", async () => {
  expectMessages(queries, "c1", [message(1)]);
  await readMessage(queries, "c1", "m2");
  expect(get_conversation).not.toHaveBeenCalled();
  expect(queries.getQueryState(conversationKey("c1"))?.isInvalidated).toBe(true);
});

test("a message that is not shown any more makes the newest page out of date", async () => {
  expectMessages(queries, "c1", [message(1), message(2)]);
  get_conversation.mockResolvedValue(page([message(1)]));
  await readMessage(queries, "c1", "m2");
  expect(queries.getQueryState(conversationKey("c1"))?.isInvalidated).toBe(true);
});

test("nothing is read of a conversation that is not open", async () => {
  await readMessage(queries, "c9", "m1");
  expect(get_conversation).not.toHaveBeenCalled();
});

test("earlier messages are read before the first known one, until there are none", async () => {
  expectMessages(queries, "c1", [message(5)]);
  queries.setQueryData<ConversationPage>(conversationKey("c1"), (now) => now && { ...now, next: 5 });
  get_conversation.mockResolvedValue(page([message(3), message(4)]));
  await readEarlier(queries, "c1");
  await readEarlier(queries, "c1");
  expect(get_conversation.mock.calls.map(([id, before]) => [id, before])).toEqual([["c1", 5]]);
  expect(known()?.messages.map((each) => each.number)).toEqual([3, 4, 5]);
});
