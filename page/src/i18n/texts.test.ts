import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

type Texts = { [key: string]: string | Texts };

const SOURCE = join(import.meta.dirname, "..");
const en = textsOf("en");
const chinese = textsOf("zh-CN");

/** All texts of a language: those that every page has, and those that come with their part of it. */
function textsOf(language: string): Texts {
  const parts = readdirSync(join(import.meta.dirname, language)).map((name) => `${language}/${name}`);
  const files = [`${language}.json`, ...parts].map((name) =>
    readFileSync(join(import.meta.dirname, name), "utf8"),
  );
  return Object.assign({}, ...files.map((file) => JSON.parse(file)));
}

function flat(texts: Texts, prefix = ""): Map<string, string> {
  const entries = Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

function source(folder = "."): string {
  const place = join(SOURCE, folder);
  const files = readdirSync(place, { recursive: true, encoding: "utf8" });
  const ours = files.filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."));
  return ours.map((name) => readFileSync(join(place, name), "utf8")).join("\n");
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

/** The keys that code does not name, neither whole nor by the beginning of one it puts together: `chat.state.${…}`. */
function unused(keys: Iterable<string>, code: string): string[] {
  const begun = [...code.matchAll(/`([a-z]\w*\.(?:[\w.]+\.)?)\$\{/g)].map(([, prefix]) => prefix ?? "");
  return [...keys].filter(
    (key) => !code.includes(`"${key}"`) && !begun.some((prefix) => key.startsWith(prefix)),
  );
}

/** What code names as a key, of the parts that the texts have, and is none. */
function missing(keys: Iterable<string>, code: string): string[] {
  const known = new Set(keys);
  const parts = new Set([...known].map((key) => key.split(".")[0]));
  const asked = [...code.matchAll(/"(\w+)((?:\.\w+)+)"/g)].filter(([, part]) => parts.has(part ?? ""));
  return asked.map(([, part, rest]) => `${part}${rest}`).filter((key) => !known.has(key));
}

test("each text is used", () => {
  expect(unused(flat(en).keys(), source())).toEqual([]);
});

test("each text that is asked for is there", () => {
  expect(missing(flat(en).keys(), source())).toEqual([]);
});

/** What code names as a key of these parts. */
function asked(parts: string[], code: string): string[] {
  return [...code.matchAll(new RegExp(`["\`](?:${parts.join("|")})\\.[\\w.]+`, "g"))].map(([key]) => key);
}

test("a text that comes with its part of the page is used nowhere else", () => {
  const parts = readdirSync(join(import.meta.dirname, "en")).map((name) => name.replace(".json", ""));
  expect(parts).toEqual(["files", "items", "scripts", "tasks", "tokens"]);
  for (const folder of ["chat", "shell", "ui", ...parts]) {
    const others = parts.filter((part) => part !== folder);
    expect([folder, asked(others, source(folder))]).toEqual([folder, []]);
  }
  expect(asked(parts, source("tasks")).length).toBeGreaterThan(10);
});

test("a text that nobody uses and one that is not there are found", () => {
  const keys = ["ui.close", "ui.forgotten", "chat.state.failed"];
  const code =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code as it is written
    't("ui.close"); t(`chat.state.${kind}`); t("ui.unwritten"); import "./chat.css"; const id = "html.a";';
  expect(unused(keys, code)).toEqual(["ui.forgotten"]);
  expect(missing(keys, code)).toEqual(["ui.unwritten"]);
});

test("no text is empty and no Chinese text is English", () => {
  for (const text of [...flat(en).values(), ...flat(chinese).values()]) expect(text.trim()).not.toBe("");
  const untranslated = [...flat(chinese)].filter(([, text]) => !/\p{Script=Han}/u.test(text));
  expect(untranslated.map(([key]) => key)).toEqual(["chat.model.remote", "shell.brand"]);
});
