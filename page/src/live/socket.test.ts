import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Bench, events } from "./fakeSocket";

let bench: Bench;

beforeEach(() => {
  vi.useFakeTimers();
  bench = new Bench();
});
afterEach(() => {
  bench.live.close();
  vi.useRealTimers();
});

test("the socket is connected once the server has greeted, not before", () => {
  bench.live.open();
  expect(bench.live.connection).toBe("connecting");
  bench.socket.greet();
  expect(bench.live.connection).toBe("connected");
});

test("a call resolves to the bare value of its own answer", async () => {
  const socket = bench.connect();
  const first = bench.live.call("get_session", []);
  const second = bench.live.call("list_models", []);
  socket.tell({ answer: 2, status: "success", data: "models" });
  socket.tell({ answer: 1, status: "success", data: "session" });
  await expect(first).resolves.toBe("session");
  await expect(second).resolves.toBe("models");
  expect(socket.sent[0]).toEqual({ call: 1, method: "get_session", arguments: [], language: "en" });
});

test("a refused call rejects with the class name, the code and the details", async () => {
  const socket = bench.connect();
  const call = bench.live.call("get_task", ["x"]);
  const error = { code: "not_found", message: "There is no such task.", details: { what: "task" } };
  socket.tell({ answer: 1, status: "error", error });
  await expect(call).rejects.toMatchObject({ name: "NotFound", ...error });
});

test("a call in flight when the connection ends rejects with ConnectionLost", async () => {
  const socket = bench.connect();
  const call = bench.live.call("cancel_task", ["x"]);
  socket.end();
  await expect(call).rejects.toMatchObject({ name: "ConnectionLost", code: "connection_lost" });
});

test("a lost connection is opened again, after longer and longer waits", () => {
  bench.random = 0.999999;
  bench.connect().end();
  expect(bench.live.connection).toBe("reconnecting");
  for (const wait of [500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
    const opened = bench.sockets.length;
    vi.advanceTimersByTime(wait - 1);
    expect(bench.sockets).toHaveLength(opened);
    vi.advanceTimersByTime(1);
    expect(bench.sockets).toHaveLength(opened + 1);
    bench.socket.end();
  }
});

test("a greeting brings the waits back to the shortest", () => {
  bench.random = 0.999999;
  bench.connect().end();
  vi.advanceTimersByTime(500);
  bench.socket.end();
  vi.advanceTimersByTime(1000);
  bench.socket.greet();
  bench.socket.end();
  const opened = bench.sockets.length;
  vi.advanceTimersByTime(500);
  expect(bench.sockets).toHaveLength(opened + 1);
});

test("waking connects at once", () => {
  bench.random = 0.999999;
  bench.connect().end();
  bench.live.wake();
  expect(bench.sockets).toHaveLength(2);
});

test("a socket that never greets is given up", () => {
  bench.live.open();
  vi.advanceTimersByTime(6_000 + 250);
  expect(bench.sockets).toHaveLength(2);
});

test("without a network the connection is offline and still tried", () => {
  bench.isOnline = false;
  bench.connect().end();
  expect(bench.live.connection).toBe("offline");
  vi.advanceTimersByTime(500);
  expect(bench.sockets).toHaveLength(2);
});

test.each([4401, 4404])("a workspace that may not be opened (%i) is not tried again", (code) => {
  bench.connect().end(code);
  vi.advanceTimersByTime(60_000);
  bench.live.wake();
  expect(bench.live.connection).toBe("refused");
  expect(bench.sockets).toHaveLength(1);
});

test("the page sends a ping each heartbeat and answers the server's", () => {
  const socket = bench.connect();
  socket.tell({ ping: 4 });
  expect(socket.sent).toEqual([{ pong: 4 }]);
  vi.advanceTimersByTime(15_000);
  expect(socket.sent).toEqual([{ pong: 4 }, { ping: 1 }]);
});

test("a connection silent for two heartbeats is dropped and opened again", () => {
  bench.connect();
  vi.advanceTimersByTime(30_000);
  expect(bench.live.connection).toBe("reconnecting");
  vi.advanceTimersByTime(250);
  expect(bench.sockets).toHaveLength(2);
});

test("a connection that answers pings stays", () => {
  const socket = bench.connect();
  for (let beat = 1; beat <= 10; beat++) {
    vi.advanceTimersByTime(15_000);
    socket.tell({ pong: beat });
  }
  expect(bench.sockets).toHaveLength(1);
});

test("waking an open connection that gives no sign of life replaces it", () => {
  bench.connect();
  vi.advanceTimersByTime(10);
  bench.live.wake();
  vi.advanceTimersByTime(3_000 + 250);
  expect(bench.sockets).toHaveLength(2);
});

test("a late close of a connection that was given up changes nothing", () => {
  const first = bench.connect();
  vi.advanceTimersByTime(30_000 + 250);
  bench.socket.greet();
  first.end();
  expect(bench.live.connection).toBe("connected");
  expect(bench.sockets).toHaveLength(2);
});

test("a reader goes on after the last number it saw, on the new connection", () => {
  const seen: number[] = [];
  const first = bench.connect();
  bench.live.subscribe(
    "task",
    0,
    (batch) => seen.push(...batch.map((event) => event.number)),
    () => {},
  );
  first.tell({ subscribed: "task", last: 2 });
  first.tell({ stream: "task", events: events(1, 2) });
  first.end();
  vi.advanceTimersByTime(250);
  bench.socket.greet();
  expect(bench.socket.sent).toEqual([{ subscribe: "task", after: 2 }]);
  bench.socket.tell({ subscribed: "task", last: 4 });
  bench.socket.tell({ stream: "task", events: events(2, 3, 4) });
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("a stream asked for before there is a connection is read once there is one, and asked for once", () => {
  bench.live.subscribe(
    "session",
    7,
    () => {},
    () => {},
  );
  const socket = bench.connect();
  expect(socket.sent).toEqual([{ subscribe: "session", after: 7 }]);
});

test("a frame that is not JSON is passed over", () => {
  const socket = bench.connect();
  socket.onmessage?.({ data: "<html>" });
  expect(bench.live.connection).toBe("connected");
});
