import { javascript } from "@codemirror/lang-javascript";
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { errorsIn } from "./syntax";

function errors(code: string): string[] {
  const state = EditorState.create({ doc: code, extensions: [javascript()] });
  ensureSyntaxTree(state, state.doc.length, 5_000);
  return errorsIn(state, (near) => `near ${near}`).map(({ message }) => message);
}

test.each([
  "return 1",
  "const page = await window.pywebview.api.get_page();\nreturn page.title",
  "for await (const one of all()) console.log(one)",
  "",
])("%j can be read", (code) => {
  expect(errors(code)).toEqual([]);
});

test.each(["return (1", "const = 2", "let a = ;", "}", "console.log('open"])("%j cannot", (code) => {
  expect(errors(code).length).toBeGreaterThan(0);
});

test("what cannot be read is named by its beginning", () => {
  expect(errors("const a = 1;\nlet b = 2 3 + 4;")).toEqual(["near 3 + 4;"]);
});

test("a mark has at least one letter, and stands within the code", () => {
  const state = EditorState.create({ doc: "return (1", extensions: [javascript()] });
  ensureSyntaxTree(state, state.doc.length, 5_000);
  for (const { from, to } of errorsIn(state, String)) {
    expect(to).toBeGreaterThan(from);
    expect(to).toBeLessThanOrEqual(state.doc.length);
  }
});
