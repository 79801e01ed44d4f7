import type { Item, ItemIn } from "../api.generated";
import { brokenAt } from "./brokenJson";

/** An item as it stands in fields: everything is text. */
export interface Draft {
  title: string;
  text: string;
  number: string;
  date: string;
  tags: string;
  attributes: string;
}
export type Field = keyof Draft;

export const FIELDS = ["title", "text", "number", "date", "tags", "attributes"] as const satisfies Field[];

/** What is wrong with a field; `at` is the line and the words where its JSON breaks. */
export type Problem =
  | { kind: "titleMissing" | "numberBad" | "attributesNoObject" }
  | { kind: "attributesBad"; line: number; near: string };
export type Problems = Partial<Record<Field, Problem>>;

export const EMPTY: Draft = { title: "", text: "", number: "", date: "", tags: "", attributes: "" };

export function draftOf(item: ItemIn | Item): Draft {
  return {
    title: item.title,
    text: item.text ?? "",
    number: item.number == null ? "" : String(item.number),
    date: item.date ?? "",
    tags: (item.tags ?? []).join(", "),
    attributes: writeAttributes(item.attributes ?? {}),
  };
}

/** The item that the fields say, or what is wrong with them. */
export function readDraft(draft: Draft): { item: ItemIn; problems: Problems } {
  const problems: Problems = {};
  const attributes = readAttributes(draft.attributes);
  if ("kind" in attributes) problems.attributes = attributes;
  const number = readNumber(draft.number);
  if (Number.isNaN(number)) problems.number = { kind: "numberBad" };
  if (!draft.title.trim()) problems.title = { kind: "titleMissing" };
  const item: ItemIn = {
    title: draft.title.trim(),
    text: draft.text,
    number,
    date: draft.date || null,
    tags: readTags(draft.tags),
    attributes: "kind" in attributes ? {} : (attributes.value as NonNullable<ItemIn["attributes"]>),
  };
  return { item, problems };
}

/** The number that a text says; null where it says none, NaN where it is something else. */
export function readNumber(text: string): number | null {
  const plain = text.normalize("NFKC").trim();
  if (!plain) return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

/** Tags as they are written, with commas between them. */
export function readTags(text: string): string[] {
  const tags = text.split(/[,，、\n]/).map((tag) => tag.trim());
  return [...new Set(tags.filter(Boolean))];
}

export function isSame(one: Draft, other: Draft): boolean {
  return FIELDS.every((field) => plain(field, one) === plain(field, other));
}

/** What a field says, however it was written. */
export function plain(field: Field, draft: Draft): string {
  if (field === "tags") return readTags(draft.tags).join(", ");
  if (field === "number") return String(readNumber(draft.number) ?? "");
  if (field === "title") return draft.title.trim();
  if (field !== "attributes") return draft[field];
  const attributes = readAttributes(draft.attributes);
  return "kind" in attributes ? draft.attributes : writeAttributes(attributes.value);
}

function readAttributes(text: string): { value: object } | Problem {
  if (!text.trim()) return { value: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value };
    return { kind: "attributesNoObject" };
  } catch {
    return { kind: "attributesBad", ...brokenAt(text) };
  }
}

function writeAttributes(value: object): string {
  return Object.keys(value).length > 0 ? JSON.stringify(value, null, 2) : "";
}
