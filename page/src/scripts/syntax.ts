import { ensureSyntaxTree } from "@codemirror/language";
import { type Diagnostic, linter } from "@codemirror/lint";
import type { EditorState, Extension } from "@codemirror/state";

const MOST = 20;
const NEAR_LETTERS = 24;
const STILL_MS = 600;
const PATIENCE_MS = 200;

/** Underline what cannot be read as JavaScript, once nobody types; `tell` words it. */
export function underlineErrors(tell: (near: string) => string): Extension {
  return linter((view) => errorsIn(view.state, tell), { delay: STILL_MS });
}

/** Where the code cannot be read; code that was not read to its end has no errors yet. */
export function errorsIn(state: EditorState, tell: (near: string) => string): Diagnostic[] {
  const found: Diagnostic[] = [];
  ensureSyntaxTree(state, state.doc.length, PATIENCE_MS)?.iterate({
    enter: (node) => {
      if (!node.type.isError || found.length >= MOST) return;
      const line = state.doc.lineAt(node.from);
      const near = state.sliceDoc(node.from, Math.min(line.to, node.from + NEAR_LETTERS)).trim();
      // A mark without a letter is not seen: where something is missing, the letter before it has the mark.
      const from = node.to > node.from ? node.from : Math.max(line.from, node.from - 1);
      found.push({ from, to: Math.max(node.to, from + 1), severity: "error", message: tell(near) });
    },
  });
  return found.filter(({ to }) => to <= state.doc.length);
}
