import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Task } from "../api.generated";
import type { StreamEvent } from "../live/frames";
import { PageWatch, type Sight } from "./pageWatch";

class Server {
  asked = 0;
  cancelled: string[] = [];
  left: string[] = [];
  sights: Sight[] = [];
  id = "one";
  problem: Error | null = null;
  say: (events: StreamEvent[]) => void = () => {};
  readonly page = new PageWatch(
    {
      watch: async () => {
        this.asked += 1;
        if (this.problem) throw this.problem;
        return { id: this.id, last_event: 0 } as Task;
      },
      cancel: async (id) => this.cancelled.push(id),
      follow: (id, _after, take) => {
        this.say = take;
        return () => this.left.push(id);
      },
    },
    (sight) => this.sights.push(sight),
  );

  get sight(): Sight | undefined {
    return this.sights.at(-1);
  }
}

function event(kind: string, data: StreamEvent["data"]): StreamEvent {
  return { number: 1, kind, at: "2026-11-21T10:00:00Z", data };
}

const PICTURE = event("picture", { media_type: "image/jpeg", data: "AAAA", width: 1280, height: 720 });
const PAGE = event("page", { is_open: true, url: "https://example.org/", title: "Example" });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function started(server = new Server()): Promise<Server> {
  server.page.start();
  await vi.advanceTimersByTimeAsync(0);
  return server;
}

test("the newest picture is shown, with its place", async () => {
  const server = await started();
  server.say([PAGE, PICTURE, event("picture", { ...PICTURE.data, data: "BBBB" })]);
  expect(server.sight).toEqual({
    picture: { address: "data:image/jpeg;base64,BBBB", width: 1280, height: 720 },
    place: { isOpen: true, url: "https://example.org/", title: "Example" },
    problem: null,
  });
});

test("a page that is closed has no picture any more", async () => {
  const server = await started();
  server.say([PAGE, PICTURE]);
  server.say([event("page", { is_open: false, url: "", title: "" })]);
  expect(server.sight).toMatchObject({ picture: null, place: { isOpen: false } });
});

test("it asks again and again while it is on, and follows one task", async () => {
  const server = await started();
  await vi.advanceTimersByTimeAsync(61_000);
  expect(server.asked).toBe(4);
  expect(server.left).toEqual([]);
});

test("nothing goes on after its stop", async () => {
  const server = await started();
  server.page.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect([server.asked, server.cancelled, server.left]).toEqual([1, ["one"], ["one"]]);
});

test("what is answered after its stop is cancelled, too", async () => {
  const server = new Server();
  server.page.start();
  server.page.stop();
  await vi.advanceTimersByTimeAsync(0);
  expect(server.cancelled).toEqual(["one"]);
});

test("when another tab ends the task, it goes on with a new one", async () => {
  const server = await started();
  server.id = "two";
  server.say([event("end", { state: "cancelled", error: null })]);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(server.asked).toBe(2);
  server.page.stop();
  expect(server.cancelled).toEqual(["two"]);
});

test("a task that failed is not begun again by itself; its reason is told", async () => {
  const server = await started();
  server.say([event("end", { state: "failed", error: { message: "No pictures here." } })]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect([server.asked, server.sight?.problem]).toEqual([1, "No pictures here."]);
});

test("what the server refuses is told in its words", async () => {
  const server = new Server();
  server.problem = new Error("Install Chromium.");
  await started(server);
  expect(server.sight?.problem).toBe("Install Chromium.");
});
