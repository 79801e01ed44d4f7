import { expect, test } from "vitest";
import { CallError, connectionLost, currentOf } from "./errors";

const CURRENT = { id: "one", version: 3 };

test("a conflict tells what stands there now", () => {
  const conflict = new CallError({ code: "conflict", message: "It changed.", details: { current: CURRENT } });
  expect(currentOf(conflict)).toEqual(CURRENT);
});

test("no other error tells it, nor a conflict about something else", () => {
  const other = new CallError({ code: "not_found", message: "It is gone.", details: { current: CURRENT } });
  const bare = new CallError({ code: "conflict", message: "Not now.", details: {} });
  expect([other, bare, connectionLost(), null, "conflict"].map(currentOf)).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
