import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "./en.json";
import chinese from "./zh-CN.json";

type Texts = { [key: string]: string | Texts };

const SOURCE = join(import.meta.dirname, "..");
// Keys that are put together in the code: each prefix stands beside the file that does it.
const BUILT = { "connection.": "shell/ConnectionState.tsx", "chat.state.": "chat/AnswerEnd.tsx" };

function flat(texts: Texts, prefix = ""): Map<string, string> {
  const entries = Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

function source(): string {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" });
  const ours = files.filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."));
  return ours.map((name) => readFileSync(join(SOURCE, name), "utf8")).join("\n");
}

function blanks(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? "").sort();
}

test("both languages have the same texts", () => {
  expect([...flat(chinese).keys()].sort()).toEqual([...flat(en).keys()].sort());
});

test("both languages have the same blanks to fill in each text", () => {
  const other = flat(chinese);
  for (const [key, text] of flat(en))
    expect([key, blanks(other.get(key) ?? "")]).toEqual([key, blanks(text)]);
});

test("each text is used", () => {
  const code = source();
  const unused = [...flat(en).keys()].filter((key) => {
    const isBuilt = Object.keys(BUILT).some((prefix) => key.startsWith(prefix));
    return !isBuilt && !code.includes(`"${key}"`);
  });
  expect(unused).toEqual([]);
});

test("each text that is asked for is there", () => {
  const known = flat(en);
  const asked = [...source().matchAll(/"((?:areas|chat|connection|errors|shell|ui)\.[\w.]+)"/g)].map(
    ([, key]) => key ?? "",
  );
  expect(asked.length).toBeGreaterThan(40);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});

test("no text is empty and no Chinese text is English", () => {
  for (const text of [...flat(en).values(), ...flat(chinese).values()]) expect(text.trim()).not.toBe("");
  const untranslated = [...flat(chinese)].filter(([, text]) => !/\p{Script=Han}/u.test(text));
  expect(untranslated.map(([key]) => key)).toEqual(["chat.model.remote", "shell.brand"]);
});
