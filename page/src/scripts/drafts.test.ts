import { expect, test } from "vitest";
import type { SavedScript } from "../api.generated";
import {
  type Draft,
  draftOf,
  draftOfExample,
  EMPTY,
  fieldsThatDiffer,
  isSame,
  readDraft,
  unnamedOrigin,
} from "./drafts";

const SAVED: SavedScript = {
  id: "1",
  name: "Prices",
  script: "return 1",
  url: "https://example.org/prices",
  timeout_s: 12.5,
  origins: ["https://example.org", "http://localhost:8080"],
  schedule: null,
  version: 3,
  created_at: "2026-11-21T10:00:00Z",
  updated_at: "2026-11-21T10:00:00Z",
  next_at: null,
  last_run: null,
  skipped: null,
  deleted: false,
};

function read(changes: Partial<Draft>) {
  return readDraft({ ...EMPTY, ...changes }, "Untitled");
}

test("a saved script comes back from its fields as it was", () => {
  const { name, script, url, timeout_s, origins } = SAVED;
  expect(readDraft(draftOf(SAVED), "")).toEqual({
    script: { name, script, url, timeout_s, origins },
    problems: {},
  });
});

test("a new script is unchanged until something is typed", () => {
  expect(isSame(EMPTY, { ...EMPTY })).toBe(true);
  expect(isSame(EMPTY, { ...EMPTY, script: "return 1" })).toBe(false);
  expect(isSame(draftOf(SAVED), { ...draftOf(SAVED), origins: "" })).toBe(false);
});

test("the fields in which two drafts differ are named, the code last", () => {
  const other = { ...draftOf(SAVED), script: "return 2", url: "", name: "Other" };
  expect(fieldsThatDiffer(draftOf(SAVED), other)).toEqual(["name", "url", "script"]);
  expect(fieldsThatDiffer(other, { ...other })).toEqual([]);
});

test("an example is a draft with its name, its code and its time", () => {
  const example = {
    id: "table",
    name: "A table",
    about: "Reads it.",
    script: "return 2",
    url: null,
    timeout_s: 90,
  };
  expect(draftOfExample(example)).toEqual({ ...EMPTY, name: "A table", script: "return 2", timeout: "90" });
});

test("without a name it gets one", () => {
  expect(read({ name: "  " }).script.name).toBe("Untitled");
  expect(read({ name: " Prices " }).script.name).toBe("Prices");
});

test.each([
  ["", null],
  [" https://example.org/a ", "https://example.org/a"],
  ["about:blank", "about:blank"],
  ["example.org/a", "https://example.org/a"],
  ["127.0.0.1:8080/table", "http://127.0.0.1:8080/table"],
  ["localhost:5000", "http://localhost:5000"],
  ["intranet:8080/a", "https://intranet:8080/a"],
])("the address %j is %j", (url, read_as) => {
  const { script, problems } = read({ url });
  expect([script.url, problems]).toEqual([read_as, {}]);
});

test.each([
  [{ url: "javascript:alert(1)" }, { url: "url" }],
  [{ url: "https://a b" }, { url: "url" }],
  [{ timeout: "soon" }, { timeout: "timeout" }],
  [{ timeout: "0" }, { timeout: "timeout" }],
  [{ timeout: "601" }, { timeout: "timeout" }],
  [{ timeout: "" }, { timeout: "timeout" }],
  [{ origins: "example.org" }, { origins: "origins" }],
  [{ origins: "https://example.org/path" }, { origins: "origins" }],
])("%j cannot be taken", (changes, problems) => {
  expect(read(changes).problems).toEqual(problems);
});

test("origins stand one a line, or apart by commas", () => {
  expect(
    read({ origins: "https://a.example\nhttps://b.example, http://c.example:81" }).script.origins,
  ).toEqual(["https://a.example", "https://b.example", "http://c.example:81"]);
});

test.each([
  ["example.org/a", "", "https://example.org"],
  ["http://127.0.0.1:8080/table", "https://example.org", "http://127.0.0.1:8080"],
  ["https://example.org/a", "https://other.example, https://example.org", null],
  ["about:blank", "", null],
  ["", "", null],
  ["https://", "", null],
])("a script that starts at %j and names %j still lacks %j", (url, origins, origin) => {
  expect(unnamedOrigin({ ...EMPTY, url, origins })).toBe(origin);
});
