import { expect, test } from "vitest";
import { leftOf, secondsBetween, tookOf } from "./times";

test.each([
  [0.2, "few", 0],
  [1.2, "seconds", 1],
  [89, "seconds", 89],
  [90, "minutes", 2],
  [3600, "minutes", 60],
  [5400, "hours", 2],
  [200_000, "days", 2],
])("%d s took %s %d", (seconds, unit, num) => {
  expect(tookOf(seconds)).toEqual({ unit, num });
});

test.each([
  [0, "few", 0],
  [7.9, "few", 0],
  [8, "seconds", 10],
  [44, "seconds", 40],
  [89, "seconds", 90],
  [170, "minutes", 3],
  [7200, "hours", 2],
])("%d s left are told as %s %d", (seconds, unit, num) => {
  expect(leftOf(seconds)).toEqual({ unit, num });
});

test("nothing took less than no time, whatever the clocks say", () => {
  expect(secondsBetween("2026-11-21T10:00:05Z", "2026-11-21T10:00:00Z")).toBe(0);
  expect(secondsBetween("2026-11-21T10:00:00Z", Date.parse("2026-11-21T10:00:01Z"))).toBe(1);
});
