import type { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import type { Item, ItemIn, ItemPatch } from "../api.generated";
import { api } from "../live/api";
import { notify } from "../ui/notify";
import { offerUndo, tried } from "../ui/tried";
import { nameOf } from "./columns";
import { ownChange } from "./ownChanges";
import { hideItems, readAgain, showItem } from "./reading";

/** Add an item. Rejects with CallError. */
export async function addItem(queries: QueryClient, item: ItemIn): Promise<Item> {
  const added = await api.create_item(item);
  readAgain(queries);
  return added;
}

/** Put other contents into an item of a known version. Rejects with CallError; `conflict` where it has another one. */
export async function putItem(
  queries: QueryClient,
  id: string,
  item: ItemIn,
  version: number,
): Promise<Item> {
  const now = await ownChange(id, () => api.replace_item(id, item, version));
  showItem(queries, now);
  readAgain(queries);
  return now;
}

/** Change a field of an item in its place. Rejects as `putItem` does. */
export async function changeItem(queries: QueryClient, item: Item, changes: ItemPatch): Promise<Item> {
  const now = await ownChange(item.id, () => api.update_item(item.id, changes, item.version));
  showItem(queries, now);
  return now;
}

/** Delete items, and offer to bring them back. */
export async function deleteItems(queries: QueryClient, items: readonly Item[]): Promise<boolean> {
  return change(queries, async () => {
    const ids = items.map((item) => item.id);
    await inParts(ids, (part) => api.delete_items(part));
    hideItems(queries, new Set(ids));
    offerUndo(told("deleted", items), () =>
      change(queries, () => inParts(ids, (part) => api.restore_items(part))),
    );
  });
}

/** Bring deleted items back, and say so. */
export async function restoreItems(queries: QueryClient, items: readonly Item[]): Promise<boolean> {
  return change(queries, async () => {
    const ids = items.map((item) => item.id);
    await inParts(ids, (part) => api.restore_items(part));
    hideItems(queries, new Set(ids));
    notify(told("restored", items));
  });
}

/** Add a tag to items, or take it from them, and offer to undo that. */
export async function tagItems(
  queries: QueryClient,
  items: readonly Item[],
  tag: string,
  isAdded: boolean,
): Promise<boolean> {
  const changed = items.filter((item) => item.tags.includes(tag) !== isAdded);
  const alter = ({ tags }: Item) => (isAdded ? [...tags, tag] : tags.filter((each) => each !== tag));
  return change(queries, async () => {
    await putTags(changed, alter);
    const words = { num: changed.length, tag };
    offerUndo(i18next.t(isAdded ? "items.tagged" : "items.untagged", words), () =>
      change(queries, () => putTags(changed, ({ tags }) => tags)),
    );
  });
}

// Those that shall have the same tags are changed by one call.
async function putTags(items: readonly Item[], tagsOf: (item: Item) => string[]): Promise<void> {
  const groups = new Map<string, string[]>();
  for (const item of items) {
    const tags = JSON.stringify(tagsOf(item));
    groups.set(tags, [...(groups.get(tags) ?? []), item.id]);
  }
  for (const [tags, ids] of groups)
    await inParts(ids, (part) => api.update_items(part, { tags: JSON.parse(tags) }));
}

// NOTE: api/item_shapes.py takes so many at once.
const MOST_AT_ONCE = 1000;

async function inParts(ids: string[], act: (part: string[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < ids.length; start += MOST_AT_ONCE)
    await act(ids.slice(start, start + MOST_AT_ONCE));
}

async function change(queries: QueryClient, act: () => Promise<unknown>): Promise<boolean> {
  const isDone = await tried(act);
  readAgain(queries);
  return isDone;
}

function told(what: "deleted" | "restored", items: readonly Item[]): string {
  const [first] = items;
  if (items.length === 1 && first) return i18next.t(`items.${what}One`, { title: nameOf(first) });
  return i18next.t(`items.${what}Many`, { num: items.length });
}
