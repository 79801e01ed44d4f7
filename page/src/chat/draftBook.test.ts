import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Drafts, type Keeping } from "./draftBook";

type Patch = Parameters<Keeping["save"]>[0];

/** A session's data and a browser's place; several `Drafts` on one are tabs or devices. */
class Workspace {
  texts: { [key: string]: string } = {};
  version = 0;
  saves: Patch[] = [];
  fails = false;
  readonly place = new Map<string, string>();

  open(place = this.place): Drafts {
    return new Drafts({
      place: {
        getItem: (key) => place.get(key) ?? null,
        setItem: (key, text) => void place.set(key, text),
        removeItem: (key) => void place.delete(key),
      },
      read: async () => this.data(),
      save: async (patch) => this.save(patch),
    });
  }

  private save(patch: Patch) {
    if (this.fails) throw new Error("no connection");
    this.saves.push(patch);
    for (const [key, text] of Object.entries(patch)) {
      if (text === null) delete this.texts[key];
      else this.texts[key] = text;
    }
    this.version++;
    return this.data();
  }

  private data() {
    return { data: { drafts: { ...this.texts } }, version: this.version };
  }
}

let workspace: Workspace;

beforeEach(() => {
  vi.useFakeTimers();
  workspace = new Workspace();
});
afterEach(() => void vi.useRealTimers());

const pause = () => vi.advanceTimersByTimeAsync(800);

test("reading a page writes nothing to the session", async () => {
  const drafts = workspace.open();
  drafts.text("new");
  await drafts.refresh();
  drafts.flush();
  await pause();
  expect(workspace.saves).toEqual([]);
});

test("what is typed is in the browser at once and in the session 800 ms after the last letter", async () => {
  const drafts = workspace.open();
  for (const text of ["h", "he", "hey"]) {
    drafts.type("new", text);
    await vi.advanceTimersByTimeAsync(799);
  }
  expect([...workspace.place.values()].join()).toContain("hey");
  expect(workspace.saves).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(workspace.saves).toEqual([{ new: "hey" }]);
});

test("a text typed and sent within 800 ms never reaches the session's data", async () => {
  const drafts = workspace.open();
  drafts.type("new", "hello");
  drafts.hold("new", "hello");
  drafts.release("new", true);
  await pause();
  expect(workspace.saves).toEqual([]);
  expect(drafts.text("new")).toBe("");
});

test("a draft is there again after a reload, before the server has answered", () => {
  workspace.open().type("c1", "half a thought");
  expect(workspace.open().text("c1")).toBe("half a thought");
});

test("a draft that never reached the session is saved by the next visit", async () => {
  workspace.open().type("c1", "half a thought");
  vi.clearAllTimers();
  workspace.open().text("c1");
  await pause();
  expect(workspace.saves).toEqual([{ c1: "half a thought" }]);
});

test("a draft follows to another device", async () => {
  workspace.open().type("c1", "from the desk");
  await pause();
  const phone = workspace.open(new Map());
  await phone.refresh();
  expect(phone.text("c1")).toBe("from the desk");
});

test("what the session brings does not replace what is being typed", async () => {
  const drafts = workspace.open();
  drafts.type("c1", "mine");
  workspace.texts = { c1: "mi" };
  await drafts.refresh();
  expect(drafts.text("c1")).toBe("mine");
});

test("a draft of another device is kept before what was typed while it was on its way", async () => {
  workspace.texts = { c1: "from the desk" };
  const phone = workspace.open(new Map());
  phone.text("c1");
  phone.type("c1", "quick");
  await phone.refresh();
  expect(phone.text("c1")).toBe("from the desk\n\nquick");
});

test("a draft deleted on another device is gone here", async () => {
  const drafts = workspace.open();
  drafts.type("c1", "text");
  await pause();
  workspace.texts = {};
  workspace.version++;
  await drafts.refresh();
  expect(drafts.text("c1")).toBe("");
  expect(workspace.open().text("c1")).toBe("");
});

test("an answer older than what is known changes nothing", async () => {
  const drafts = workspace.open();
  drafts.type("c1", "new text");
  await pause();
  workspace.texts = { c1: "old" };
  workspace.version = 0;
  await drafts.refresh();
  expect(drafts.text("c1")).toBe("new text");
});

test("a question on its way leaves the field but not the browser", () => {
  const drafts = workspace.open();
  drafts.type("c1", "a question");
  drafts.hold("c1", "a question");
  expect(drafts.text("c1")).toBe("");
  expect(workspace.open().text("c1")).toBe("a question");
});

test("a question that did not arrive comes back, before what was typed meanwhile", () => {
  const drafts = workspace.open();
  drafts.type("c1", "a question");
  drafts.hold("c1", "a question");
  drafts.type("c1", "and more");
  drafts.release("c1", false);
  expect(drafts.text("c1")).toBe("a question\n\nand more");
});

test("sending an example leaves a draft alone", () => {
  const drafts = workspace.open();
  drafts.type("new", "my own words");
  drafts.hold("new", "an example");
  drafts.release("new", true);
  expect(drafts.text("new")).toBe("my own words");
});

test("what could not be saved is saved when the connection is back", async () => {
  workspace.fails = true;
  const drafts = workspace.open();
  drafts.type("c1", "text");
  await pause();
  workspace.fails = false;
  drafts.flush();
  await vi.advanceTimersByTimeAsync(0);
  expect(workspace.saves).toEqual([{ c1: "text" }]);
});

test("an emptied draft is taken out of the session's data", async () => {
  const drafts = workspace.open();
  drafts.type("c1", "text");
  await pause();
  drafts.type("c1", "");
  await pause();
  expect(workspace.saves).toEqual([{ c1: "text" }, { c1: null }]);
  expect(workspace.place.size).toBe(0);
});
