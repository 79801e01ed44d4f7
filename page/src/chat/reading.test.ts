import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import type { Message } from "../api.generated";

vi.mock("../live/api", () => ({ api: {} }));
vi.mock("../live/session", () => ({ afterOpening: (read: () => unknown) => read() }));
const { conversationKey, expect: expectMessages } = await import("./reading");

type Pages = import("./reading").Pages;

function message(number: number, id = `m${number}`): Message {
  return {
    id,
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
    branches: [],
  };
}

function holding(...messages: Message[]): QueryClient {
  const queries = new QueryClient();
  expectMessages(queries, "c1", messages);
  return queries;
}

function ids(queries: QueryClient): string[] {
  const pages = queries.getQueryData<Pages>(conversationKey("c1"))?.pages ?? [];
  return pages.flatMap((page) => page.messages.map((each) => each.id));
}

test("a new conversation shows its question and coming answer before it is read", () => {
  expect(ids(holding(message(1), message(2)))).toEqual(["m1", "m2"]);
});

test("a message that is there already is not shown twice", () => {
  const queries = holding(message(1), message(2));
  expectMessages(queries, "c1", [message(2), message(3)]);
  expect(ids(queries)).toEqual(["m1", "m2", "m3"]);
});

test("an answer asked again makes way for the new one", () => {
  const queries = holding(message(1), message(2));
  expectMessages(queries, "c1", [message(3, "again")], 2);
  expect(ids(queries)).toEqual(["m1", "again"]);
});

test("where the new answer was read first, nothing is taken away", () => {
  const queries = holding(message(1), message(3, "again"));
  expectMessages(queries, "c1", [message(3, "again")], 2);
  expect(ids(queries)).toEqual(["m1", "again"]);
});
