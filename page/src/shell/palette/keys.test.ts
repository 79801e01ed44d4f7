import { expect, test } from "vitest";
import { actOf } from "./keys";

const NONE = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test.each([
  [{ key: "k", ctrlKey: true }, "palette"],
  [{ key: "k", metaKey: true }, "palette"],
  [{ key: "K", ctrlKey: true }, "palette"], // with the capitals lock on
  [{ key: "k" }, null],
  [{ key: "k", ctrlKey: true, altKey: true }, null],
  [{ key: "K", ctrlKey: true, shiftKey: true }, null],
  [{ key: "O", ctrlKey: true, shiftKey: true }, "new"],
  [{ key: "o", ctrlKey: true }, null],
  [{ key: "F8" }, "notice"],
  [{ key: "F8", ctrlKey: true }, null],
])("%j asks for %s", (event, act) => {
  expect(actOf({ ...NONE, ...event })).toBe(act);
});
