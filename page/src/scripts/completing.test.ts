import { CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { javascript } from "@codemirror/lang-javascript";
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { completeMethods, snippetOf } from "./completing";
import { METHODS } from "./methods.generated";

/** What is offered where `|` stands. */
function offered(code: string): CompletionResult | null {
  const pos = code.indexOf("|");
  const state = EditorState.create({ doc: code.replace("|", ""), extensions: [javascript()] });
  ensureSyntaxTree(state, state.doc.length, 5_000);
  return completeMethods(new CompletionContext(state, pos, false));
}

function labels(code: string): string[] {
  return (offered(code)?.options ?? []).map((option) => option.label);
}

function method(name: string) {
  const found = METHODS.find((each) => each.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
}

test.each([
  "window.pywebview.api.|",
  "await window.pywebview.api.cre|",
  "pywebview.api.|",
  "const api = window.pywebview.api;\nawait api.|",
  "let all = pywebview.api\nall.get|",
  "for (const row of rows) {\n  await window.pywebview.api.|\n}",
])("%j is completed with the methods", (code) => {
  expect(labels(code)).toContain("create_item");
});

test.each([
  "|",
  "document.|",
  "api.|",
  "const api = window.pywebview.api.get_page;\napi.|",
  "// window.pywebview.api.|",
  '"window.pywebview.api.|"',
  "window.pywebview.|",
])("%j is not", (code) => {
  expect(labels(code)).not.toContain("create_item");
});

test("a method is told with its signature and its help, and what is typed already is replaced", () => {
  const found = offered("pywebview.api.get_i|");
  const option = found?.options.find((each) => each.label === "get_item");
  expect(found?.from).toBe("pywebview.api.".length);
  expect(option?.detail).toBe(method("get_item").signature);
  expect(option?.detail).toMatch(/^\(item_id: string.*\): Promise<Item>$/);
});

test.each([
  ["get_session", "get_session()"],
  ["get_item", 'get_item("#{item_id}")'],
  ["create_item", 'create_item({ title: "#{title}" })'],
  ["delete_items", "delete_items(#{item_ids})"],
])("%s is called as %s", (name, call) => {
  expect(snippetOf(method(name))).toBe(call);
});

test.each([
  ["pywebview.api.create_item({|})", "title"],
  ["pywebview.api.create_item({ title: 1, |})", "tags"],
  ["pywebview.api.create_item({ title: name, ta| })", "tags"],
  ["const api = pywebview.api; api.update_item(id, {|})", "title"],
  ["pywebview.api.send_input([{|}])", "kind"],
  ["pywebview.api.create_item({\n  title: 1,\n  |\n})", "number"],
])("in %j stands %s", (code, field) => {
  expect(labels(code)).toContain(field);
});

test.each([
  "pywebview.api.create_item({ title: |})",
  "other({|})",
  "pywebview.api.create_item(|)",
  "pywebview.api.create_item({ attributes: {|} })",
  "pywebview.api.create_item(rows.map((row) => ({|})))",
])("in %j no field is offered", (code) => {
  expect(labels(code)).toEqual([]);
});

test("a field that is given is not offered again", () => {
  expect(labels("pywebview.api.create_item({ title: 1, |})")).not.toContain("title");
});
