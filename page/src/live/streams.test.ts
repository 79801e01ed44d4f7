import { beforeEach, expect, test } from "vitest";
import { events } from "./fakeSocket";
import type { ClientFrame } from "./frames";
import { Streams } from "./streams";

let sent: ClientFrame[];
let streams: Streams;

beforeEach(() => {
  sent = [];
  streams = new Streams((frame) => sent.push(frame));
});

interface Seen {
  numbers: number[];
  gaps: number[];
  refusals: string[];
  stop: () => void;
}

function read(name: string, after: number): Seen {
  const seen: Seen = { numbers: [], gaps: [], refusals: [], stop: () => {} };
  seen.stop = streams.add(name, after, {
    onEvents: (batch) => seen.numbers.push(...batch.map((event) => event.number)),
    onGap: (upTo) => seen.gaps.push(upTo),
    onRefused: (error) => seen.refusals.push(error.code),
  });
  return seen;
}

test("a number comes once, in order, however often it is sent", () => {
  const seen = read("task", 0);
  streams.receive({ subscribed: "task", last: 5 });
  streams.receive({ stream: "task", events: events(1, 2, 3) });
  streams.receive({ stream: "task", events: events(2, 3, 4) });
  streams.receive({ stream: "task", events: events(4, 5) });
  expect(seen.numbers).toEqual([1, 2, 3, 4, 5]);
});

test("numbers that were left out are no gap: only the server says what is gone", () => {
  const seen = read("session", 3);
  streams.receive({ subscribed: "session", last: 9 });
  streams.receive({ stream: "session", events: events(5, 9) });
  expect(seen.numbers).toEqual([5, 9]);
  expect(seen.gaps).toEqual([]);
});

test("a gap is told once, and the events after it follow", () => {
  const seen = read("task", 0);
  streams.receive({ subscribed: "task", last: 202 });
  streams.receive({ stream: "task", gap: 200 });
  streams.receive({ stream: "task", gap: 200 });
  streams.receive({ stream: "task", events: events(200, 201) });
  expect(seen.gaps).toEqual([200]);
  expect(seen.numbers).toEqual([201]);
});

test("a gap and the events after it may come in one frame", () => {
  const seen = read("task", 0);
  streams.receive({ subscribed: "task", last: 202 });
  streams.receive({ stream: "task", gap: 200, events: events(201, 202) });
  expect(seen.gaps).toEqual([200]);
  expect(seen.numbers).toEqual([201, 202]);
});

test("two readers of one stream share a subscription and keep their own places", () => {
  const first = read("task", 0);
  streams.receive({ subscribed: "task", last: 2 });
  streams.receive({ stream: "task", events: events(1, 2) });
  const second = read("task", 0);
  expect(sent).toEqual([
    { subscribe: "task", after: 0 },
    { unsubscribe: "task" },
    { subscribe: "task", after: 0 },
  ]);
  streams.receive({ subscribed: "task", last: 3 });
  streams.receive({ stream: "task", events: events(1, 2, 3) });
  expect(first.numbers).toEqual([1, 2, 3]);
  expect(second.numbers).toEqual([1, 2, 3]);
});

test("a late frame of an older subscription makes no reader skip what lies between", () => {
  read("task", 0);
  streams.receive({ subscribed: "task", last: 8 });
  streams.receive({ stream: "task", events: events(1, 2, 3, 4, 5, 6, 7, 8) });
  const second = read("task", 0);
  streams.receive({ stream: "task", events: events(9) });
  streams.receive({ subscribed: "task", last: 9 });
  streams.receive({ stream: "task", events: events(1, 2, 3, 4, 5, 6, 7, 8, 9) });
  expect(second.numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("the stream is left when its last reader goes", () => {
  const first = read("task", 0);
  const second = read("task", 0);
  first.stop();
  expect(sent).toEqual([{ subscribe: "task", after: 0 }]);
  second.stop();
  second.stop();
  expect(sent).toEqual([{ subscribe: "task", after: 0 }, { unsubscribe: "task" }]);
});

test("after a new connection every stream is asked for from the place of its slowest reader", () => {
  read("session", 40);
  read("task", 0);
  streams.receive({ subscribed: "task", last: 3 });
  streams.receive({ stream: "task", events: events(1, 2, 3) });
  sent.length = 0;
  streams.resume();
  expect(sent).toEqual([
    { subscribe: "session", after: 40 },
    { subscribe: "task", after: 3 },
  ]);
});

test("a refused stream tells its readers and is not asked for again", () => {
  const seen = read("task", 0);
  streams.receive({ refused: "task", error: { code: "not_found", message: "", details: {} } });
  sent.length = 0;
  streams.resume();
  expect(seen.refusals).toEqual(["not_found"]);
  expect(sent).toEqual([]);
});
