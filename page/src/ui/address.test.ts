import { expect, test } from "vitest";
import { isOwnPicture, safeLink } from "./address";

test.each(["https://example.com/a", "http://example.com", "mailto:a@example.com", "#note-1"])(
  "%s may be followed",
  (link) => {
    expect(safeLink(link)).toBe(link);
  },
);

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "java\tscript:alert(1)",
  "\u0001javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "file:///etc/passwd",
  "blob:http://localhost/x",
])("%j may not be followed", (link) => {
  expect(safeLink(link)).toBe("");
});

test("pictures of this server and those carried in the text are shown", () => {
  expect(isOwnPicture("/files/a.png")).toBe(true);
  expect(isOwnPicture("data:image/png;base64,iVBO")).toBe(true);
});

test.each([
  "https://tracker.example/x.png",
  "//tracker.example/x.png",
  "/new",
  "/files/../new",
  "data:image/svg+xml;base64,PHN2Zz4=",
  "data:text/html;base64,AAAA",
])("%s is not shown in place", (address) => {
  expect(isOwnPicture(address)).toBe(false);
});
