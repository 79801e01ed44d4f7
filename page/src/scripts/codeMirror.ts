import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript, javascriptLanguage } from "@codemirror/lang-javascript";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, type Extension, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completeMethods } from "./completing";
import { underlineErrors } from "./syntax";

const LEAVING_MS = 2_000;

interface EditorWords {
  /** Its accessible name. */
  label: string;
  /** The id of the line that says how to leave it by keyboard. */
  describedBy: string;
  /** What is said of code that cannot be read. */
  tellError: (near: string) => string;
}

interface EditorParts extends EditorWords {
  parent: Element;
  text: string;
  onChange: (text: string) => void;
}

// NOTE: the colours of ui/prose.css, which shows code elsewhere.
const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.bool, tags.null, tags.self], color: "light-dark(#8b3a62, #e29ac0)" },
  { tag: [tags.string, tags.regexp], color: "light-dark(#3b6b1f, #a5cf87)" },
  { tag: [tags.number, tags.propertyName], color: "light-dark(#9a4b12, #e6b07a)" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.className],
    color: "light-dark(#235b9c, #8dbcf0)",
  },
]);

const SHAPE = EditorView.theme({
  "&": { height: "100%", fontSize: "0.84rem", color: "var(--ink)", backgroundColor: "var(--canvas)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "0.6rem 0", caretColor: "var(--accent)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": { color: "var(--faint)", backgroundColor: "transparent", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.4rem", padding: "0 0.6rem 0 0" },
  ".cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--sunken) 60%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in oklab, var(--accent) 26%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--tint)", outline: "1px solid var(--accent)" },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "0.6rem",
    color: "var(--ink)",
    backgroundColor: "var(--raised)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font-mono)",
    maxWidth: "min(30rem, 92vw)",
    borderRadius: "0.6rem",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.2rem 0.6rem" },
  // A finger needs this much room.
  "@media (pointer: coarse)": {
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.75rem 0.6rem" },
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--ink)",
    backgroundColor: "var(--tint)",
  },
  ".cm-completionDetail": { color: "var(--soft)", fontStyle: "normal" },
  ".cm-completionMatchedText": { color: "var(--accent)", textDecoration: "none" },
  ".cm-completionInfo": { padding: "0.5rem 0.75rem", maxWidth: "18rem" },
  ".cm-completionInfo li": { fontFamily: "var(--font-mono)", color: "var(--soft)" },
  // It stands beside the list, where a phone has no room.
  "@media (max-width: 40rem)": { ".cm-tooltip.cm-completionInfo": { display: "none" } },
  ".cm-snippetField": { backgroundColor: "var(--tint)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--danger)",
    textDecorationThickness: "1px",
    textUnderlineOffset: "4px",
  },
  ".cm-diagnostic-error": { borderLeft: "none", padding: "0.4rem 0.75rem" },
});

/** Put an editor of JavaScript into the page. */
export function openEditor({ parent, text, onChange, ...words }: EditorParts): EditorView {
  const tell = EditorView.updateListener.of((update) => {
    if (update.docChanged) onChange(update.state.doc.toString());
  });
  const extensions = [nonce(), SHAPE, syntaxHighlighting(COLOURS), ...habits(), ...language(words), tell];
  return new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
}

/** Show another text; the cursor stays where it can. */
export function showText(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

// The page's policy takes no style sheet without it.
function nonce(): Extension {
  return EditorView.cspNonce.of(document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.nonce ?? "");
}

function habits(): Extension[] {
  const own = [
    // It is the whole page's: here it must only not break the line.
    { key: "Mod-Enter", run: () => true },
    { key: "Escape", run: letTabLeave },
  ];
  return [
    history(),
    drawSelection(),
    lineNumbers(),
    highlightActiveLine(),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    indentUnit.of("  "),
    EditorView.lineWrapping,
    EditorView.domEventHandlers({ beforeinput: typeOver }),
    Prec.highest(keymap.of(own)),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      indentWithTab,
    ]),
  ];
}

// Also where Escape closes something: whoever pressed it wants to be elsewhere.
function letTabLeave(view: EditorView): boolean {
  view.setTabFocusMode(LEAVING_MS);
  return false;
}

// Typed over by the browser, a coloured selection would leave its colours in a style attribute, which the page's policy
// refuses and reports.
function typeOver({ inputType, data }: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  if (inputType !== "insertText" || !data || empty || view.composing) return false;
  const insert = () =>
    view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  const isTaken = view.state
    .facet(EditorView.inputHandler)
    .some((take) => take(view, from, to, data, insert));
  if (!isTaken) view.dispatch(insert());
  return true;
}

function language({ label, describedBy, tellError }: EditorWords): Extension[] {
  return [
    javascript(),
    javascriptLanguage.data.of({ autocomplete: completeMethods }),
    autocompletion({ icons: false }),
    underlineErrors(tellError),
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-describedby": describedBy,
      autocapitalize: "off",
    }),
  ];
}
