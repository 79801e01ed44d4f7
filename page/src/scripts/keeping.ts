import { useSyncExternalStore } from "react";
import type { SavedScript } from "../api.generated";
import type { Draft } from "./drafts";

/** What was typed and not saved, and the script as it stood when that began; null for a new one. */
export interface Kept {
  draft: Draft;
  base: SavedScript | null;
}

/** A run of what was typed: no list has it. */
export interface KeptRun {
  task_id: string;
  created_at: string;
}

const NEW = "new";
const here = new Map<string, string>();
const watchers = new Set<() => void>();
let numChanges = 0;

/** Draw anew when something is kept or forgotten. */
export function useKeeping(): void {
  useSyncExternalStore(watch, () => numChanges);
}

function watch(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => watchers.delete(onChange);
}

export function keptDraft(id: string | null): Kept | null {
  return read<Kept>("draft", id);
}

export function isDraftKept(id: string): boolean {
  return read("draft", id) !== null;
}

/** Keep what is typed, also beyond a closed tab; or forget it. */
export function keepDraft(id: string | null, kept: Kept | null): void {
  write("draft", id, kept);
}

export function keptRun(id: string | null): KeptRun | null {
  return read<KeptRun>("run", id);
}

export function keepRun(id: string | null, run: KeptRun | null): void {
  write("run", id, run);
}

let numNew = 0;
const grown = new Map<string, string>();

/** What is the same while a new script gets its id: what is open stays as it is. */
export function benchOf(id: string | null): string {
  return id === null ? `new-${numNew}` : (grown.get(id) ?? id);
}

/** Another new script takes the place of the one that was begun. */
export function beginAnew(): void {
  keepRun(null, null);
  numNew += 1;
}

/** The new script has an id now; what was kept of it goes along. */
export function growInto(id: string): void {
  keepRun(id, keptRun(null));
  keepRun(null, null);
  keepDraft(null, null);
  grown.set(id, benchOf(null));
  numNew += 1;
}

function read<Value>(kind: string, id: string | null): Value | null {
  const place = placeOf(kind, id);
  try {
    return JSON.parse(here.get(place) ?? localStorage.getItem(place) ?? "null") as Value | null;
  } catch {
    return null;
  }
}

function write(kind: string, id: string | null, value: object | null): void {
  const place = placeOf(kind, id);
  const text = JSON.stringify(value);
  here.set(place, text);
  try {
    if (value) localStorage.setItem(place, text);
    else localStorage.removeItem(place);
  } catch {
    // A browser that keeps nothing has it until the page is left.
  }
  numChanges += 1;
  for (const watcher of [...watchers]) watcher();
}

function placeOf(kind: string, id: string | null): string {
  return `studiolo:script-${kind}:${window.SESSION_UUID}:${id ?? NEW}`;
}
