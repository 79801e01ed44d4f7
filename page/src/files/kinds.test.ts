import { expect, test } from "vitest";
import { previewOf } from "./kinds";

test.each([
  ["image/png", "a.png", "picture"],
  ["image/svg+xml", "a.svg", "text"],
  ["text/html; charset=utf-8", "a.html", "text"],
  ["application/json", "a.json", "text"],
  ["application/pdf", "a.pdf", "pdf"],
  ["application/octet-stream", "notes.md", "text"],
  ["application/octet-stream", "notes.bin", "none"],
  ["video/mp4", "a.mp4", "none"],
])("a file of the type %s named %s is looked at as %s", (media_type, name, preview) => {
  expect(previewOf({ media_type, name })).toBe(preview);
});
