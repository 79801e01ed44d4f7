import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { localeFor, writeDay } from "./formats";
import { startTranslations, switchLanguage } from "./i18n";

beforeEach(async () => {
  vi.stubGlobal("document", { documentElement: { lang: "en" } });
  vi.stubGlobal("navigator", { languages: ["de-DE", "en-GB"] });
  await startTranslations();
});
afterEach(() => vi.unstubAllGlobals());

test.each([
  ["en", ["en-GB", "en"], "en-GB"],
  ["en", ["zh-TW", "en-AU"], "en-AU"],
  ["en", ["zh-CN"], "en"],
  ["zh-CN", ["en-US"], "zh-CN"],
  ["zh-CN", ["en-US", "zh-CN"], "zh-CN"],
] as const)("%s in a browser that wishes %j is written as %s", (language, wished, locale) => {
  expect(localeFor(language, wished)).toBe(locale);
});

test("a day is written in the page's language, as soon as that is another", async () => {
  const day = new Date(2026, 3, 3, 12);
  expect(writeDay(day)).toBe("3 Apr 2026");
  await switchLanguage("zh-CN");
  expect(writeDay(day)).toBe("2026年4月3日");
});
