import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from "@codemirror/autocomplete";
import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorState, Text } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { METHODS, type Method, type Parameter, SHAPES } from "./methods.generated";

const OBJECT = /(?:^|[^.\w$])((?:window\s*\.\s*)?pywebview\s*\.\s*api|[A-Za-z_$][\w$]*)\s*\.\s*(\w*)$/;
const ALIAS =
  /(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(?:window\s*\.\s*)?pywebview\s*\.\s*api\b(?!\s*\.)/g;
const FIELD = /(?:^|[{,])\s*(\w*)$/;
const WORD = /^\w*$/;
const UNSEEN = /String|Comment|RegExp/;
const LOOK_BACK = 200;
const PATIENCE_MS = 50;

/** Complete what stands before the cursor: a method of the workspace, or a field of what a method takes. */
export function completeMethods(context: CompletionContext): CompletionResult | null {
  const tree = ensureSyntaxTree(context.state, context.pos, PATIENCE_MS) ?? syntaxTree(context.state);
  const node = tree.resolveInner(context.pos, -1);
  if (UNSEEN.test(node.name)) return null;
  return methodsAt(context) ?? fieldsAt(context, node);
}

function methodsAt({ state, pos }: CompletionContext): CompletionResult | null {
  const before = state.sliceDoc(Math.max(0, pos - LOOK_BACK), pos);
  const [, object = "", word = ""] = OBJECT.exec(before) ?? [];
  if (!isApi(object, state.doc)) return null;
  return { from: pos - word.length, options: METHODS.map(asOption), validFor: WORD };
}

function isApi(object: string, doc: Text): boolean {
  if (/pywebview\s*\.\s*api$/.test(object)) return true;
  return object !== "" && [...doc.toString().matchAll(ALIAS)].some(([, alias]) => alias === object);
}

function asOption(method: Method): Completion {
  return snippetCompletion(snippetOf(method), {
    label: method.name,
    detail: method.signature,
    type: "method",
    info: method.parameters.length > 0 ? () => infoOf(method) : method.help,
  });
}

/** A call with a place for each argument that must be given: `create_item({ title: "#{title}" })`. */
export function snippetOf({ name, parameters }: Method): string {
  const required = parameters.filter((parameter) => parameter.isRequired);
  return `${name}(${required.map(argumentOf).join(", ")})`;
}

function argumentOf(parameter: Parameter): string {
  const shape = SHAPES[parameter.type];
  if (!shape) return placeOf(parameter);
  const fields = shape.filter((field) => field.isRequired).map((field) => `${field.name}: ${placeOf(field)}`);
  return fields.length > 0 ? `{ ${fields.join(", ")} }` : "{ #{} }";
}

function placeOf({ name, type }: Parameter): string {
  return type === "string" ? `"#{${name}}"` : `#{${name}}`;
}

function infoOf({ help, parameters }: Method): Node {
  const box = document.createElement("div");
  const list = document.createElement("ul");
  for (const parameter of parameters) {
    const line = document.createElement("li");
    line.textContent = `${parameter.name}${parameter.isRequired ? "" : "?"}: ${parameter.type}`;
    list.append(line);
  }
  box.append(help, list);
  return box;
}

// The fields of the object under the cursor, where it is what a method takes: alone, or in a list.
function fieldsAt({ state, pos }: CompletionContext, node: SyntaxNode): CompletionResult | null {
  const object = objectAround(node);
  const parameter = object && parameterOf(object, state);
  const shape = parameter && SHAPES[nameOfShape(parameter.type)];
  if (!object || !shape) return null;
  const [whole, word = ""] = FIELD.exec(state.sliceDoc(object.from, pos)) ?? [];
  if (whole === undefined) return null;
  const given = namesIn(object, state);
  const options = shape.filter((field) => !given.has(field.name) || field.name === word);
  return { from: pos - word.length, options: options.map(fieldOption), validFor: WORD };
}

function fieldOption(field: Parameter): Completion {
  return {
    label: field.name,
    detail: `${field.isRequired ? "" : "?"}: ${field.type}`,
    type: "property",
    apply: `${field.name}: `,
    boost: field.isRequired ? 1 : 0,
  };
}

function objectAround(node: SyntaxNode): SyntaxNode | null {
  const stops = new Set(["ArgList", "Block", "Script"]);
  for (let at: SyntaxNode | null = node; at && !stops.has(at.name); at = at.parent) {
    if (at.name === "ObjectExpression") return at;
  }
  return null;
}

function parameterOf(object: SyntaxNode, state: EditorState): Parameter | undefined {
  const argument = object.parent?.name === "ArrayExpression" ? object.parent : object;
  const list = argument.parent?.name === "ArgList" ? argument.parent : null;
  const callee = list?.parent?.name === "CallExpression" ? list.parent.firstChild : null;
  if (!list || !callee) return undefined;
  const [, called = "", name = ""] = OBJECT.exec(state.sliceDoc(callee.from, callee.to)) ?? [];
  if (!isApi(called, state.doc)) return undefined;
  return METHODS.find((method) => method.name === name)?.parameters[placeIn(list, argument)];
}

function placeIn(list: SyntaxNode, argument: SyntaxNode): number {
  const commas = list.getChildren(",");
  return commas.filter((comma) => comma.from < argument.from).length;
}

function nameOfShape(type: string): string {
  return /[A-Z]\w+/.exec(type)?.[0] ?? "";
}

function namesIn(object: SyntaxNode, state: EditorState): Set<string> {
  const properties = object.getChildren("Property").map((property) => property.firstChild);
  return new Set(properties.map((name) => (name ? state.sliceDoc(name.from, name.to) : "")));
}
