import { expect, test } from "vitest";
import { backoffMs } from "./backoff";

test("the first wait is between a quarter and half a second", () => {
  expect(backoffMs(0, 0)).toBe(250);
  expect(backoffMs(0, 0.999999)).toBe(500);
});

test("the longest wait doubles with each attempt up to ten seconds", () => {
  const longest = Array.from({ length: 12 }, (_, attempt) => backoffMs(attempt, 0.999999));
  expect(longest.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 8000, 10_000]);
  expect(Math.max(...longest)).toBe(10_000);
});

test("no wait is shorter than a quarter of a second, after however many attempts", () => {
  for (const attempt of [0, 1, 5, 50, 5000]) {
    expect(backoffMs(attempt, 0)).toBe(250);
    expect(backoffMs(attempt, 0.999999)).toBeLessThanOrEqual(10_000);
  }
});

test("the jitter is full: waits are spread over the whole span", () => {
  expect(backoffMs(10, 0.5)).toBe(5125);
});
