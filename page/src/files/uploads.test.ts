import { beforeEach, expect, test, vi } from "vitest";
import { CallError, connectionLost } from "../live/errors";
import type { Told } from "./sending";
import { type Left, type Surroundings, Uploads } from "./uploads";

interface Wire {
  url: string;
  told: Told;
  isStopped: boolean;
}

let wires: Wire[];
let kept: Left[];
let arrived: string[];
let forgotten: string[];

function around(changes: Partial<Surroundings> = {}): Surroundings {
  return {
    create: async (name) => ({ id: name, url: `/uploads/${name}` }),
    send: async (_, url, told) => {
      const wire = { url, told, isStopped: false };
      wires.push(wire);
      return {
        stop: () => {
          wire.isStopped = true;
        },
      };
    },
    forget: async (url) => {
      forgotten.push(url);
    },
    keep: (left) => {
      kept = left;
    },
    kept: () => [],
    onArrived: (id) => arrived.push(id),
    ...changes,
  };
}

function file(name: string, size = 10): File {
  return { name, size, type: "", lastModified: 7 } as File;
}

function states(uploads: Uploads): string[] {
  return uploads.list.map((each) => each.state);
}

function failure(code: string): CallError {
  return new CallError({ code, message: "no", details: {} });
}

async function wired(count: number): Promise<void> {
  await vi.waitFor(() => expect(wires).toHaveLength(count));
}

beforeEach(() => {
  [wires, kept, arrived, forgotten] = [[], [], [], []];
});

test("three files are sent at once, the others wait for them", async () => {
  const uploads = new Uploads(around());
  uploads.add(["a", "b", "c", "d"].map((name) => file(name)));
  await wired(3);
  expect(states(uploads)).toEqual(["sending", "sending", "sending", "waiting"]);
  wires[0]?.told.onDone();
  await wired(4);
  expect(states(uploads)).toEqual(["done", "sending", "sending", "sending"]);
  expect(arrived).toEqual(["a"]);
});

test("a paused upload stops, and goes on at the same address", async () => {
  const uploads = new Uploads(around());
  uploads.add([file("a")]);
  await wired(1);
  uploads.pause("1");
  expect([states(uploads), wires[0]?.isStopped]).toEqual([["paused"], true]);
  uploads.resume("1");
  await wired(2);
  expect(wires[1]?.url).toBe("/uploads/a");
});

test("one that was paused while its address was asked for does not begin", async () => {
  const uploads = new Uploads(around());
  uploads.add([file("a")]);
  uploads.pause("1");
  await vi.waitFor(() => expect(kept).toHaveLength(0));
  await Promise.resolve();
  expect([states(uploads), wires]).toEqual([["paused"], []]);
});

test("a lost connection is waited for, and then it goes on", async () => {
  const uploads = new Uploads(around());
  uploads.add([file("a")]);
  await wired(1);
  wires[0]?.told.onSent(4);
  wires[0]?.told.onFailed(connectionLost());
  expect(uploads.list[0]).toMatchObject({ state: "lost", sent: 4, error: null });
  uploads.wake();
  await wired(2);
  expect(wires[1]?.url).toBe("/uploads/a");
});

test("a refusal says why, and others go on", async () => {
  const uploads = new Uploads(around({ create: () => Promise.reject(failure("quota_exceeded")) }));
  uploads.add([file("a"), file("b")]);
  await vi.waitFor(() => expect(states(uploads)).toEqual(["failed", "failed"]));
  expect(uploads.list[0]?.error?.code).toBe("quota_exceeded");
});

test("an upload that the server has forgotten begins anew", async () => {
  const uploads = new Uploads(around());
  uploads.add([file("a")]);
  await wired(1);
  wires[0]?.told.onSent(4);
  wires[0]?.told.onFailed(failure("not_found"));
  await wired(2);
  expect(uploads.list[0]).toMatchObject({ state: "sending", sent: 0 });
});

test("a cancelled upload is gone here and there", async () => {
  const uploads = new Uploads(around());
  uploads.add([file("a")]);
  await wired(1);
  uploads.cancel("1");
  expect([uploads.list, wires[0]?.isStopped, forgotten]).toEqual([[], true, ["/uploads/a"]]);
  expect(kept).toEqual([]);
});

test("what was begun before a reload is offered, and goes on with the same file alone", async () => {
  const left = { id: "a", url: "/uploads/a", name: "a", size: 10, modified: 7 };
  const uploads = new Uploads(
    around({ kept: () => [left], create: async () => ({ id: "n", url: "/uploads/n" }) }),
  );
  expect(states(uploads)).toEqual(["left"]);
  uploads.add([file("a", 11)]);
  await wired(1);
  expect(wires[0]?.url).toBe("/uploads/n");
  uploads.add([file("a")]);
  await wired(2);
  expect(wires[1]?.url).toBe("/uploads/a");
  expect(states(uploads)).toEqual(["sending", "sending"]);
});

test("what is unfinished is kept for the next time, what is done is not", async () => {
  const uploads = new Uploads(around());
  uploads.add([file("a"), file("b")]);
  await wired(2);
  expect(kept.map((each) => each.id)).toEqual(["a", "b"]);
  wires[0]?.told.onDone();
  expect(kept.map((each) => each.id)).toEqual(["b"]);
});
