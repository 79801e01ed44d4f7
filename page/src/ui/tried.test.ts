import { expect, test } from "vitest";
import { currentNotices } from "./notify";
import { offerUndo, tried } from "./tried";

test("what fails is told with its reason", async () => {
  expect(await tried(async () => {})).toBe(true);
  expect(currentNotices()).toEqual([]);
  expect(await tried(() => Promise.reject(new Error("It is full. Delete something.")))).toBe(false);
  expect(currentNotices().at(-1)?.text).toBe("It is full. Delete something.");
});

test("what was done is told with a way to undo it", () => {
  let numUndone = 0;
  offerUndo("It is deleted.", () => {
    numUndone += 1;
  });
  const notice = currentNotices().at(-1);
  expect(notice?.text).toBe("It is deleted.");
  notice?.action?.run();
  expect(numUndone).toBe(1);
});
