import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StreamEvent } from "../live/frames";
import { PAINT_MS, StreamedText, type Subscribe } from "./streamedText";

let tell: (...events: StreamEvent[]) => void;
let tellGap: () => void;
let refuse: () => void;
let stop: () => void;
let paints: number;
let subscriptions: number;
let refusals: number;
let streamed: StreamedText;

beforeEach(() => {
  vi.useFakeTimers();
  paints = 0;
  subscriptions = 0;
  refusals = 0;
  const subscribe: Subscribe = (_stream, _after, onEvents, onGap, onRefused) => {
    subscriptions++;
    tell = (...events) => onEvents(events);
    tellGap = () => onGap(9);
    refuse = () => onRefused({ code: "unavailable", message: "", details: {} });
    return () => {};
  };
  streamed = new StreamedText("task", subscribe, () => refusals++);
  stop = streamed.follow(() => paints++);
});
afterEach(() => void vi.useRealTimers());

function event(kind: string, text = ""): StreamEvent {
  return { number: 1, kind, at: "", data: { text } };
}

test("words are gathered in order, thoughts apart", () => {
  tell(event("thinking", "hm "), event("text", "Hello "));
  tell(event("thinking", "well"), event("text", "world"));
  vi.advanceTimersByTime(PAINT_MS);
  expect(streamed.current).toEqual({
    text: "Hello world",
    thinking: "hm well",
    ended: false,
    end: null,
  });
});

test("a thousand words in a second are painted at most twenty times", () => {
  for (let word = 0; word < 1000; word++) {
    tell(event("text", "w "));
    vi.advanceTimersByTime(1);
  }
  expect(paints).toBeGreaterThan(10);
  expect(paints).toBeLessThanOrEqual(20);
});

test("nothing is painted while nothing comes", () => {
  tell(event("text", "w"));
  vi.advanceTimersByTime(10_000);
  expect(paints).toBe(1);
});

test("the end is told, and nothing of the text is lost with it", () => {
  tell(event("text", "all"), { ...event("end"), data: { state: "completed" } });
  vi.advanceTimersByTime(PAINT_MS);
  const end = { state: "completed" };
  expect(streamed.current).toEqual({ text: "all", thinking: "", ended: true, end });
});

test("events of unknown kinds add nothing", () => {
  tell(event("state"), event("usage", "12 tokens"), event("text", "a"));
  vi.advanceTimersByTime(PAINT_MS);
  expect(streamed.current.text).toBe("a");
});

test("a gap without a snapshot sends the reader to the stored message", () => {
  tell(event("text", "half of it"));
  tellGap();
  tell({ ...event("end"), data: { state: "completed" } });
  vi.advanceTimersByTime(PAINT_MS);
  expect(streamed.current).toEqual({ text: "", thinking: "", ended: true, end: null });
});

test("a snapshot takes the place of what came before it, and the words go on after it", () => {
  tell(event("text", "Hello "), event("text", "wor"));
  tellGap();
  const folded = [event("thinking", "hm"), event("text", "Hello world, "), event("state")];
  tell({ ...event("snapshot"), data: { events: folded } }, event("text", "again"));
  vi.advanceTimersByTime(PAINT_MS);
  expect(streamed.current).toEqual({ text: "Hello world, again", thinking: "hm", ended: false, end: null });
});

test("reading again begins with nothing, so that no word comes twice", () => {
  tell(event("text", "once"));
  vi.advanceTimersByTime(PAINT_MS);
  streamed.follow(() => paints++);
  tell(event("text", "once"));
  vi.advanceTimersByTime(PAINT_MS);
  expect(streamed.current.text).toBe("once");
});

test("a refused stream tells that the message is to be read, and is asked for again after longer and longer pauses", () => {
  refuse();
  expect([refusals, subscriptions]).toEqual([1, 1]);
  vi.advanceTimersByTime(2_000);
  expect(subscriptions).toBe(2);
  refuse();
  vi.advanceTimersByTime(2_000);
  expect(subscriptions).toBe(2);
  vi.advanceTimersByTime(2_000);
  expect(subscriptions).toBe(3);
  tell(event("text", "here"));
  vi.advanceTimersByTime(PAINT_MS);
  expect(streamed.current.text).toBe("here");
});

test("whoever stops reading asks for nothing again", () => {
  refuse();
  stop();
  vi.advanceTimersByTime(60_000);
  expect(subscriptions).toBe(1);
});
