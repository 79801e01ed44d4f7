import type { StreamEvent } from "../live/frames";

const expected = new Map<string, number>();

/**
 * Change an item; the event that tells of it is then no news.
 *
 * A list that is read again moves what was changed to another place, away from whoever works there.
 */
export async function ownChange<Value>(id: string, act: () => Promise<Value>): Promise<Value> {
  expected.set(id, (expected.get(id) ?? 0) + 1);
  try {
    return await act();
  } catch (error) {
    forget(id);
    throw error;
  }
}

/** Whether an event tells that the list of items is another one: all but the changes that were made here. */
export function isNews({ kind, data }: StreamEvent): boolean {
  if (kind === "items") return true;
  return kind === "item" && !(data.change === "updated" && forget(String(data.id)));
}

function forget(id: string): boolean {
  const left = (expected.get(id) ?? 0) - 1;
  if (left < 0) return false;
  if (left === 0) expected.delete(id);
  else expected.set(id, left);
  return true;
}
