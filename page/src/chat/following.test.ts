import { expect, test } from "vitest";
import { follows } from "./following";

test("a reader at the end follows it", () => {
  expect(follows(false, 900, { above: 1000, below: 0 })).toBe(true);
});

test("growth below leaves a follower a follower", () => {
  expect(follows(true, 1000, { above: 1000, below: 300 })).toBe(true);
});

test.each([2, 10, 47, 400])("a step up of %i pixels ends the following", (step) => {
  expect(follows(true, 1000, { above: 1000 - step, below: step })).toBe(false);
});

test("a step up ends it also when the text grew in the same moment", () => {
  expect(follows(true, 1000, { above: 990, below: 210 })).toBe(false);
});

test("a text that became shorter moves the reader up, but not away from the end", () => {
  expect(follows(true, 1000, { above: 700, below: 0 })).toBe(true);
});

test("coming near the end downwards begins the following, being near it does not", () => {
  expect(follows(false, 960, { above: 990, below: 30 })).toBe(true);
  expect(follows(false, 990, { above: 990, below: 30 })).toBe(false);
});

test("a reader far from the end is left alone", () => {
  expect(follows(false, 500, { above: 600, below: 4000 })).toBe(false);
});
