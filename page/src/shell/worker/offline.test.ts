import { expect, test } from "vitest";
import { offlinePage } from "./offline";

test("the offline page says in both languages what to do, and runs nothing but its own script", async () => {
  const page = offlinePage("n0nce");
  const html = await page.text();
  expect(html).toContain("Try again");
  expect(html).toContain("重试");
  expect(html).not.toContain("%nonce%");
  for (const [tag] of html.matchAll(/<(?:script|style)\b[^>]*>/g)) expect(tag).toContain('nonce="n0nce"');
  expect(page.headers.get("Content-Security-Policy")).toContain("script-src 'nonce-n0nce'");
  expect(page.status).toBe(503);
});
