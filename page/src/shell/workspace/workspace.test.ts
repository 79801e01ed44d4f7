import { beforeAll, expect, test, vi } from "vitest";
import { startTranslations } from "../../i18n/i18n";
import { endsSoon } from "./workspace";
import { workspaceName } from "./workspaceName";

vi.mock("../../live/session", () => ({}));
vi.mock("../../live/api", () => ({ api: {} }));

const NOW = Date.parse("2026-04-03T12:00:00Z");

beforeAll(async () => {
  vi.stubGlobal("document", { documentElement: { lang: "en" } });
  vi.stubGlobal("navigator", { languages: ["en-GB"] });
  await startTranslations();
});

test.each([
  [null, false],
  ["2026-05-03T12:00:00Z", false],
  ["2026-04-06T12:00:00Z", false],
  ["2026-04-06T11:59:59Z", true],
  ["2026-04-03T11:00:00Z", true],
])("a workspace that ends at %s ends soon: %s", (end, soon) => {
  expect(endsSoon(end, NOW)).toBe(soon);
});

test("a workspace goes by its name, else by the day it began, else as a new one", () => {
  expect(workspaceName({ title: "Desk", created_at: "2026-04-03T12:00:00Z" })).toBe("Desk");
  expect(workspaceName({ title: "", created_at: "2026-04-03T12:00:00Z" })).toBe("Workspace of 3 Apr 2026");
  expect(workspaceName({ title: "", created_at: null })).toBe("New workspace");
});
