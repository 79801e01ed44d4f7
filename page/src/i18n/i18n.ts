import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type files from "./en/files.json";
import type items from "./en/items.json";
import type scripts from "./en/scripts.json";
import type tasks from "./en/tasks.json";
import type tokens from "./en/tokens.json";
import en from "./en.json";

export const LANGUAGES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = "studiolo:language";

// Texts that come with their part of the page; those of the frame and the chat are in the languages' own files.
const PARTS = {
  files: { en: () => import("./en/files.json"), "zh-CN": () => import("./zh-CN/files.json") },
  items: { en: () => import("./en/items.json"), "zh-CN": () => import("./zh-CN/items.json") },
  scripts: { en: () => import("./en/scripts.json"), "zh-CN": () => import("./zh-CN/scripts.json") },
  tasks: { en: () => import("./en/tasks.json"), "zh-CN": () => import("./zh-CN/tasks.json") },
  tokens: { en: () => import("./en/tokens.json"), "zh-CN": () => import("./zh-CN/tokens.json") },
};
type Part = keyof typeof PARTS;
const spoken = new Set<Part>();

declare module "i18next" {
  interface CustomTypeOptions {
    resources: {
      translation: typeof en & typeof files & typeof items & typeof scripts & typeof tasks & typeof tokens;
    };
  }
}

/** Start the translations in the language that templates/index.html settled on. */
export async function startTranslations(): Promise<void> {
  const language = document.documentElement.lang === "zh-CN" ? "zh-CN" : "en";
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: "en",
    fallbackLng: "en",
    interpolation: { escapeValue: false }, // React escapes
  });
  if (language === "en") return;
  await speak(language).catch(() => {}); // its texts did not come: a page in English is better than none
}

export async function switchLanguage(language: Language): Promise<void> {
  await speak(language);
  try {
    localStorage.setItem(KEPT_AS, language);
  } catch {
    // A browser that keeps nothing speaks the language until the page is left.
  }
}

export function currentLanguage(): Language {
  return i18next.language === "zh-CN" ? "zh-CN" : "en";
}

/** Load a part of the page together with its texts. */
export async function withTexts<Loaded>(part: Part, load: () => Promise<Loaded>): Promise<Loaded> {
  spoken.add(part);
  const [loaded] = await Promise.all([load(), loadPart(currentLanguage(), part)]);
  return loaded;
}

async function speak(language: Language): Promise<void> {
  await Promise.all([load(language), ...[...spoken].map((part) => loadPart(language, part))]);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

async function load(language: Language): Promise<void> {
  if (i18next.getResource(language, "translation", "shell")) return;
  const texts = await import("./zh-CN.json");
  add(language, texts.default);
}

async function loadPart(language: Language, part: Part): Promise<void> {
  if (i18next.getResource(language, "translation", part)) return;
  const texts = await PARTS[part][language]();
  add(language, texts.default);
}

// Into what is there: a part may have come before the rest of its language.
function add(language: Language, texts: object): void {
  i18next.addResourceBundle(language, "translation", texts, true);
}
