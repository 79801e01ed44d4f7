import { expect, test } from "vitest";
import type { Task, TaskState } from "../api.generated";
import { type Entry, entriesOf, type Shown } from "./grouping";

function task(id: string, state: TaskState, more: Partial<Task> = {}): Task {
  return { id, state, place: null, created_at: "2026-11-21T10:00:00Z", ...more } as Task;
}

function ids(entries: Entry[]): string[] {
  return entries.map((entry) => entry.id);
}

const OPEN = [
  task("last", "pending", { place: 7 }),
  task("run", "processing"),
  task("ask", "waiting"),
  task("next", "retrying", { place: 0 }),
];
const ENDED = [task("done", "completed"), task("broken", "failed")];
const ASKS = ["group-asks", "ask"];

test.each<[Shown, string[]]>([
  ["all", [...ASKS, "group-runs", "run", "group-waits", "next", "last", "group-ended", "done", "broken"]],
  ["asks", ASKS],
  ["runs", [...ASKS, "group-runs", "run"]],
  ["waits", [...ASKS, "group-waits", "next", "last"]],
  ["ended", [...ASKS, "group-ended", "done", "broken"]],
])("of %s these are shown, questions first", (shown, wanted) => {
  expect(ids(entriesOf(OPEN, ENDED, shown))).toEqual(wanted);
});

test("the question that has waited longest stands first", () => {
  const asking = [
    task("new", "waiting", { created_at: "2026-11-21T10:00:02Z" }),
    task("old", "waiting", { created_at: "2026-11-20T10:00:00Z" }),
  ];
  expect(ids(entriesOf(asking, [], "asks"))).toEqual(["group-asks", "old", "new"]);
});

test("a group without a task has no heading, and no tasks are no lines", () => {
  expect(ids(entriesOf([], ENDED, "all"))).toEqual(["group-ended", "done", "broken"]);
  expect(entriesOf([], [], "all")).toEqual([]);
});

test("a task that ended between two readings stands once, where it ended", () => {
  expect(ids(entriesOf([task("a", "processing")], [task("a", "completed")], "all"))).toEqual([
    "group-ended",
    "a",
  ]);
});
