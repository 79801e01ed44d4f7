import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StreamEvent } from "./frames";
import { hearNews } from "./news";
import type { SessionListener } from "./session";

let listener: SessionListener | null;
let numActs: number;
let stop: () => void;

function events(...kinds: string[]): StreamEvent[] {
  return kinds.map((kind, place) => ({ number: place + 1, kind, at: "2026-11-22T10:00:00Z", data: {} }));
}

beforeEach(() => {
  vi.useFakeTimers();
  numActs = 0;
  stop = hearNews(
    (given) => {
      listener = given;
      return () => {
        listener = null;
      };
    },
    ["script", "task"],
    () => {
      numActs += 1;
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
});

test("several events close behind one another are acted on once, soon after the first", () => {
  listener?.onEvents(events("task"));
  vi.advanceTimersByTime(100);
  listener?.onEvents(events("item", "script"));
  expect(numActs).toBe(0);
  vi.advanceTimersByTime(20);
  expect(numActs).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(numActs).toBe(1);
});

test("what comes after that is acted on anew", () => {
  listener?.onEvents(events("task"));
  vi.advanceTimersByTime(120);
  listener?.onEvents(events("task"));
  vi.advanceTimersByTime(120);
  expect(numActs).toBe(2);
});

test("events of other kinds are nobody's news", () => {
  listener?.onEvents(events("item", "file"));
  vi.advanceTimersByTime(1_000);
  expect(numActs).toBe(0);
});

test("a gap is news of every kind", () => {
  listener?.onGap();
  vi.advanceTimersByTime(120);
  expect(numActs).toBe(1);
});

test("nothing is done after its end, not even what was due", () => {
  listener?.onEvents(events("task"));
  stop();
  vi.advanceTimersByTime(1_000);
  expect(numActs).toBe(0);
  expect(listener).toBeNull();
});
