import { expect, test } from "vitest";
import { isNews, ownChange } from "./ownChanges";

function event(kind: string, data: { [key: string]: unknown }) {
  return { number: 1, kind, at: "", data };
}

test("the event of an own change is no news, once", async () => {
  const updated = event("item", { id: "a", change: "updated" });
  let heard: boolean | undefined;
  await ownChange("a", async () => {
    heard = isNews(updated); // it may come before the answer
  });
  expect(heard).toBe(false);
  expect(isNews(updated)).toBe(true);
});

test("another change of the same item is news", async () => {
  await ownChange("b", async () => {});
  expect(isNews(event("item", { id: "b", change: "deleted" }))).toBe(true);
  expect(isNews(event("item", { id: "b", change: "updated" }))).toBe(false);
});

test("a change that failed is not waited for", async () => {
  await expect(ownChange("c", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(isNews(event("item", { id: "c", change: "updated" }))).toBe(true);
});

test("many items changed at once are news, and other things are none", () => {
  expect(isNews(event("items", { change: "updated" }))).toBe(true);
  expect(isNews(event("conversation", { id: "a", change: "updated" }))).toBe(false);
});
