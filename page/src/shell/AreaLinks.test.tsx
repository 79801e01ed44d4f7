import { MessageCircle } from "lucide-react";
import { lazy } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, expect, test, vi } from "vitest";
import type { Area } from "../areas";
import { startTranslations } from "../i18n/i18n";
import { AreaBar, AreaList } from "./AreaLinks";

function area(id: string): Area {
  const Page = lazy(() => new Promise<never>(() => {}));
  return { id, path: id, icon: MessageCircle, title: "areas.chat", Page };
}

const [chat, files] = [area("chat"), area("files")];

beforeAll(async () => {
  vi.stubGlobal("document", { documentElement: { lang: "en" } });
  await startTranslations();
});

test("one area needs no way to it", () => {
  expect(renderToStaticMarkup(<AreaBar areas={[chat]} current={chat} />)).toBe("");
  expect(renderToStaticMarkup(<AreaList areas={[chat]} current={chat} />)).toBe("");
});

test.each([AreaBar, AreaList])("of several areas each has a way, and the open one is marked", (Links) => {
  const html = renderToStaticMarkup(<Links areas={[chat, files]} current={files} />);
  expect(html).toContain('href="#/chat"');
  expect(html).toContain('href="#/files" aria-current="page"');
  expect(html.match(/aria-current/g)).toHaveLength(1);
});
