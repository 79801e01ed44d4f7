/** A stretch of time as it is told: in one unit, as coarse as it is long. */
export interface Stretch {
  unit: "few" | "seconds" | "minutes" | "hours" | "days";
  num: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What was measured: "a moment", "3 s", "4 min". */
export function tookOf(seconds: number): Stretch {
  if (seconds < 1) return { unit: "few", num: 0 };
  if (seconds < 90) return { unit: "seconds", num: Math.round(seconds) };
  return longer(seconds);
}

/** What is guessed, and told so coarsely that it does not flicker: "a few seconds", "about 20 s", "about 3 min". */
export function leftOf(seconds: number): Stretch {
  if (seconds < 8) return { unit: "few", num: 0 };
  if (seconds < 90) return { unit: "seconds", num: Math.round(seconds / 10) * 10 || 10 };
  return longer(seconds);
}

function longer(seconds: number): Stretch {
  if (seconds < 90 * MINUTE) return { unit: "minutes", num: Math.round(seconds / MINUTE) };
  if (seconds < 36 * HOUR) return { unit: "hours", num: Math.round(seconds / HOUR) };
  return { unit: "days", num: Math.round(seconds / DAY) };
}

/** Seconds between two moments; none where the clocks of page and server disagree. */
export function secondsBetween(from: string, to: string | number): number {
  const end = typeof to === "number" ? to : Date.parse(to);
  return Math.max(0, (end - Date.parse(from)) / 1000);
}
