import type { SavedScript, ScriptExample, ScriptIn } from "../api.generated";

/** A script as it stands in its fields. */
export interface Draft {
  name: string;
  script: string;
  url: string;
  timeout: string;
  origins: string;
}

export type Field = keyof Draft;
export type Problem = "url" | "timeout" | "origins";
export type Problems = Partial<Record<Field, Problem>>;

export const EMPTY: Draft = { name: "", script: "", url: "", timeout: "30", origins: "" };

const FIELDS = ["name", "url", "timeout", "origins", "script"] as const;

// NOTE: what api/engine_shapes.py takes.
export const MAX_RUN_S = 600;
export const MAX_NAME = 200;
const MAX_ORIGINS = 16;
const ADDRESS = /^(https?:\/\/\S+|about:blank)$/;
const ORIGIN = /^https?:\/\/[^/?#\s@]{1,300}$/;

export function draftOf(saved: SavedScript): Draft {
  const { name, script, url, timeout_s, origins } = saved;
  return { name, script, url: url ?? "", timeout: String(timeout_s), origins: origins.join("\n") };
}

export function draftOfExample({ name, script, url, timeout_s }: ScriptExample): Draft {
  return { ...EMPTY, name, script, url: url ?? "", timeout: String(timeout_s) };
}

export function isSame(one: Draft, other: Draft): boolean {
  return fieldsThatDiffer(one, other).length === 0;
}

/** The fields in which two drafts differ, in the order in which they are shown. */
export function fieldsThatDiffer(one: Draft, other: Draft): Field[] {
  return FIELDS.filter((field) => one[field] !== other[field]);
}

/** What a draft says, and what is wrong with its fields; a script without a name gets `unnamed`. */
export function readDraft(draft: Draft, unnamed: string): { script: ScriptIn; problems: Problems } {
  const url = withScheme(draft.url.trim());
  const origins = draft.origins.split(/[\s,]+/).filter(Boolean);
  const timeout_s = Number(draft.timeout.trim().replace(",", "."));
  const problems: Problems = {};
  if (url && !ADDRESS.test(url)) problems.url = "url";
  if (!(timeout_s > 0 && timeout_s <= MAX_RUN_S)) problems.timeout = "timeout";
  if (origins.length > MAX_ORIGINS || !origins.every((origin) => ORIGIN.test(origin)))
    problems.origins = "origins";
  const name = draft.name.trim() || unnamed;
  return { script: { name, script: draft.script, url: url || null, timeout_s, origins }, problems };
}

/** The origin of the address that a draft starts at, where it is not among those it names. */
export function unnamedOrigin({ url, origins }: Draft): string | null {
  const whole = withScheme(url.trim());
  if (!/^https?:/.test(whole) || !URL.canParse(whole)) return null;
  const { origin } = new URL(whole);
  return origins.split(/[\s,]+/).includes(origin) ? null : origin;
}

// "example.org/a" is what people write; what is near speaks plain http as a rule.
function withScheme(url: string): string {
  if (url === "" || /^[a-z][a-z+.-]*:(?!\d)/i.test(url)) return url;
  const isNear = /^(localhost|[\d.]+)(:|\/|$)/i.test(url);
  return `${isNear ? "http" : "https"}://${url}`;
}
