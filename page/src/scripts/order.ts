import type { ScriptLine } from "../api.generated";

/** The scripts as they are listed: last changed first, those of one moment by their names. */
export function inOrder(scripts: readonly ScriptLine[]): ScriptLine[] {
  return scripts.toSorted(
    (one, other) =>
      Date.parse(other.updated_at) - Date.parse(one.updated_at) || one.name.localeCompare(other.name),
  );
}
