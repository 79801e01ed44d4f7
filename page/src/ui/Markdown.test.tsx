import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { startTranslations } from "../i18n/i18n";
import { Markdown } from "./Markdown";

Object.assign(globalThis, { document: { documentElement: { lang: "en" } } });
await startTranslations();

function html(text: string): string {
  return renderToStaticMarkup(<Markdown text={text} />);
}

test.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  "text <iframe src='javascript:alert(1)'></iframe>",
  "<a href='javascript:alert(1)'>x</a>",
  "<style>body{display:none}</style>",
])("HTML is shown as text: %s", (text) => {
  expect(html(text)).not.toMatch(/<(script|img|svg|iframe|a|style)\b/);
  expect(html(text)).toContain("&lt;");
});

test("a link that would run a script is only its words", () => {
  expect(html("[click](javascript:alert(1))")).toBe("<p><span>click</span></p>");
});

test("a link leads away without telling where from", () => {
  expect(html("[x](https://example.com)")).toContain('target="_blank" rel="noopener noreferrer"');
});

test("a picture of another server becomes a link", () => {
  const shown = html("![cat](https://tracker.example/cat.png)");
  expect(shown).not.toContain("<img");
  expect(shown).toContain('href="https://tracker.example/cat.png"');
});

test("a picture whose address would run a script is neither picture nor link", () => {
  expect(html("![x](javascript:alert(1))")).not.toMatch(/<(img|a)\b/);
});

test("formulas are there, prices stay prices", () => {
  expect(html("so $x^2$ holds")).toBe("<p>so <code>x^2</code> holds</p>");
  expect(html("\\[\nx\n\\]")).toContain('<div class="wide"><code>x</code></div>');
  expect(html("It costs $5 or $6.")).toBe("<p>It costs $5 or $6.</p>");
});

test("tables, task lists and code are there", () => {
  expect(html("| a | b |\n|---|---|\n| 1 | 2 |")).toContain("<td>2</td>");
  expect(html("- [x] done")).toContain('type="checkbox"');
  expect(html("```python\nx = 1\n```")).toContain("python");
});
