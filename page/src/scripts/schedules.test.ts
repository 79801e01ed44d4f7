import { expect, test } from "vitest";
import { cronOf, PLAN_KINDS, type Plan, planAs, planOf } from "./schedules";

test.each<[Plan, string]>([
  [{ kind: "hourly", minute: 0 }, "0 * * * *"],
  [{ kind: "hourly", minute: 25 }, "25 * * * *"],
  [{ kind: "daily", time: "07:05" }, "5 7 * * *"],
  [{ kind: "weekdays", time: "18:30" }, "30 18 * * 1-5"],
  [{ kind: "weekly", day: 0, time: "00:00" }, "0 0 * * 0"],
  [{ kind: "weekly", day: 3, time: "23:59" }, "59 23 * * 3"],
  [{ kind: "custom", cron: "*/10 8-18 * * *" }, "*/10 8-18 * * *"],
])("%j is %s, and is read from it again", (plan, cron) => {
  expect(cronOf(plan)).toBe(cron);
  expect(planOf(cron)).toEqual(plan);
});

test.each([
  ["@hourly", "hourly"],
  ["@daily", "daily"],
  ["@weekly", "weekly"],
  ["0 9 * * 7", "weekly"],
  ["0 9 1 * *", "custom"],
  ["0 9 * 6 *", "custom"],
  ["0 25 * * *", "custom"],
  ["0 9 * * 1,3", "custom"],
  ["*/5 * * * *", "custom"],
  ["nonsense", "custom"],
  ["", "custom"],
])("%s is told as %s", (cron, kind) => {
  expect(planOf(cron).kind).toBe(kind);
});

test("another way of telling keeps the time", () => {
  expect(planAs("weekdays", { kind: "daily", time: "07:05" })).toEqual({ kind: "weekdays", time: "07:05" });
  expect(planAs("custom", { kind: "daily", time: "07:05" })).toEqual({ kind: "custom", cron: "5 7 * * *" });
});

test("every way can be told as every other", () => {
  for (const from of PLAN_KINDS)
    for (const to of PLAN_KINDS) {
      const plan = planAs(to, planAs(from, { kind: "daily", time: "09:00" }));
      expect(plan.kind).toBe(to);
      expect(cronOf(plan).split(" ")).toHaveLength(5);
    }
});
