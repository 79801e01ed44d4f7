import { expect, test } from "vitest";
import type { Task } from "../api.generated";
import { Highest } from "./highest";

function task(id: string, progress: number | null): Task {
  return { id, progress } as Task;
}

test("progress never falls, whichever answer comes last", () => {
  const highest = new Highest();
  const told = [null, 10, 40, 30, null, 41].map((progress) => highest.of(task("a", progress)).progress);
  expect(told).toEqual([null, 10, 40, 40, 40, 41]);
  expect(highest.of(task("b", 5)).progress).toBe(5);
});

test("an event's word counts too", () => {
  const highest = new Highest();
  expect(highest.note("a", 60)).toBe(60);
  expect(highest.of(task("a", 50)).progress).toBe(60);
});

test("tasks of long ago are forgotten", () => {
  const highest = new Highest();
  for (let number = 0; number < 600; number++) highest.note(String(number), 50);
  expect(highest.of(task("0", 10)).progress).toBe(10);
  expect(highest.of(task("599", 10)).progress).toBe(50);
});
