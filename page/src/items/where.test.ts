import { expect, test } from "vitest";
import { isFiltered, NO_FILTER, numFilters, whereOf } from "./where";

test("empty fields ask for everything", () => {
  expect(whereOf(NO_FILTER)).toEqual({});
  expect(isFiltered(NO_FILTER)).toBe(false);
});

test("each field that says something is asked for", () => {
  const filter = { search: " tea ", tags: ["shop"], numberFrom: "1", numberTo: "2.5" };
  const dates = { dateFrom: "2026-01-01", dateTo: "2026-12-31" };
  expect(whereOf({ ...filter, ...dates }, true)).toEqual({
    search: "tea",
    tags: ["shop"],
    number_from: 1,
    number_to: 2.5,
    date_from: "2026-01-01",
    date_to: "2026-12-31",
    deleted: true,
  });
});

test("a number that is half written is not asked for", () => {
  expect(whereOf({ ...NO_FILTER, numberFrom: "-", numberTo: "1e" })).toEqual({});
});

test("the search is no filter to be counted", () => {
  expect(numFilters({ ...NO_FILTER, search: "tea", tags: ["a", "b"], dateTo: "2026-01-01" })).toBe(2);
});
