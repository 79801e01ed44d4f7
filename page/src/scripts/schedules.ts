/** How a schedule is told: by what people say, or as it is written. */
export type Plan =
  | { kind: "hourly"; minute: number }
  | { kind: "daily" | "weekdays"; time: string }
  | { kind: "weekly"; day: number; time: string }
  | { kind: "custom"; cron: string };

export type PlanKind = Plan["kind"];
export const PLAN_KINDS: readonly PlanKind[] = ["hourly", "daily", "weekdays", "weekly", "custom"];
/** The days of a week as cron numbers them, Monday first. */
export const DAYS = [1, 2, 3, 4, 5, 6, 0];

const WORDS: { [word: string]: string } = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
};
const USUAL_TIME = "09:00";

/** The five fields of a plan. */
export function cronOf(plan: Plan): string {
  if (plan.kind === "custom") return plan.cron.trim();
  if (plan.kind === "hourly") return `${plan.minute} * * * *`;
  const [hour, minute] = plan.time.split(":").map(Number);
  const days = { daily: "*", weekdays: "1-5", weekly: plan.kind === "weekly" ? plan.day : 0 }[plan.kind];
  return `${minute ?? 0} ${hour ?? 0} * * ${days}`;
}

/** The plan that says a cron the plainest way. */
export function planOf(cron: string): Plan {
  const fields = (WORDS[cron.trim()] ?? cron).trim().split(/\s+/);
  const [minute = "", hour = "", day, month, weekday = ""] = fields;
  if (fields.length !== 5 || day !== "*" || month !== "*" || !isBelow(minute, 60))
    return { kind: "custom", cron };
  if (hour === "*" && weekday === "*") return { kind: "hourly", minute: Number(minute) };
  if (!isBelow(hour, 24)) return { kind: "custom", cron };
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (weekday === "*") return { kind: "daily", time };
  if (weekday === "1-5") return { kind: "weekdays", time };
  return isBelow(weekday, 8) ? { kind: "weekly", day: Number(weekday) % 7, time } : { kind: "custom", cron };
}

/** The same schedule told in another way, as far as that can say it. */
export function planAs(kind: PlanKind, plan: Plan): Plan {
  const time = "time" in plan ? plan.time : USUAL_TIME;
  if (kind === "custom") return { kind, cron: cronOf(plan) };
  if (kind === "hourly") return { kind, minute: 0 };
  return kind === "weekly" ? { kind, day: 1, time } : { kind, time };
}

function isBelow(field: string, end: number): boolean {
  return /^\d{1,2}$/.test(field) && Number(field) < end;
}
