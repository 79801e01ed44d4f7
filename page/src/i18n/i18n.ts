import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";

export const LANGUAGES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = "studiolo:language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
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

async function speak(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

async function load(language: Language): Promise<void> {
  if (language === "en" || i18next.hasResourceBundle(language, "translation")) return;
  const texts = await import("./zh-CN.json");
  i18next.addResourceBundle(language, "translation", texts.default);
}
