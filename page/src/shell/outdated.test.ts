import { expect, test } from "vitest";
import { isUnloaded } from "./outdated";

test.each([
  "Failed to fetch dynamically imported module: http://localhost/static/app/assets/Chat-1.js",
  "error loading dynamically imported module: http://localhost/static/app/assets/Chat-1.js",
  "Importing a module script failed.",
  "Unable to preload CSS for /static/app/assets/Chat-1.css",
])("%s: the file did not come", (message) => {
  expect(isUnloaded(new TypeError(message))).toBe(true);
});

test("an error of the area itself is another matter", () => {
  expect(isUnloaded(new TypeError("Cannot read properties of undefined"))).toBe(false);
  expect(isUnloaded("Importing a module script failed.")).toBe(false);
});
