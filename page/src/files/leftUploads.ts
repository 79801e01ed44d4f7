import type { Left } from "./uploads";

/** The uploads that were under way when this tab was loaded anew. */
export function readLeft(): Left[] {
  try {
    return JSON.parse(sessionStorage.getItem(place()) ?? "[]") as Left[];
  } catch {
    return [];
  }
}

export function keepLeft(left: readonly Left[]): void {
  try {
    if (left.length > 0) sessionStorage.setItem(place(), JSON.stringify(left));
    else sessionStorage.removeItem(place());
  } catch {
    // A browser that keeps nothing forgets them with the page.
  }
}

function place(): string {
  return `studiolo:uploads:${window.SESSION_UUID}`;
}
