import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { localeFor, writeBytes, writeDate, writeDay, writeNumber, writeWhen } from "./formats";
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

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 kB"],
  [1_234_567, "1.23 MB"],
  [2_147_483_648, "2.15 GB"],
])("%d bytes are written as %s", (bytes, written) => {
  expect(writeBytes(bytes)).toBe(written);
});

test("a day of the calendar is the same day in every zone", () => {
  expect(writeDate("2026-04-03")).toBe("3 Apr 2026");
});

test("a number keeps all its digits", () => {
  expect(writeNumber(1234567.000125)).toBe("1,234,567.000125");
});

test("what changed today tells the hour, what changed before the day", () => {
  const now = new Date(2026, 3, 3, 18);
  expect(writeWhen(new Date(2026, 3, 3, 9, 5).toISOString(), now)).toBe("09:05");
  expect(writeWhen(new Date(2026, 3, 2, 23).toISOString(), now)).toBe("2 Apr 2026");
});
