import type { Item } from "../api.generated";
import type { Draft } from "./drafts";

/** What was typed into a form, and the item as it stood when that began; null for a new one. */
export interface FormDraft {
  draft: Draft;
  base: Item | null;
}

const NEW = "new";
const kept = new Map<string, FormDraft>();

/** What was typed for an item and never saved; it outlives the form, and in this tab a reload. */
export function keptDraft(id: string | null): FormDraft | null {
  const here = kept.get(id ?? NEW);
  if (here) return here;
  try {
    return JSON.parse(sessionStorage.getItem(placeOf(id)) ?? "null") as FormDraft | null;
  } catch {
    return null;
  }
}

/** Keep what is typed, or forget it. */
export function keepDraft(id: string | null, draft: FormDraft | null): void {
  if (draft) kept.set(id ?? NEW, draft);
  else kept.delete(id ?? NEW);
  try {
    if (draft) sessionStorage.setItem(placeOf(id), JSON.stringify(draft));
    else sessionStorage.removeItem(placeOf(id));
  } catch {
    // A browser that keeps nothing has it until the page is left.
  }
}

function placeOf(id: string | null): string {
  return `studiolo:item:${window.SESSION_UUID}:${id ?? NEW}`;
}
