import { currentLanguage, type Language } from "./i18n";

/**
 * The locale to write dates and numbers in: the reader's own country where it goes with the page's language.
 *
 * An English page in a British browser says 3 April, in an American one April 3.
 */
export function localeFor(language: Language, wished: readonly string[]): string {
  const spoken = language.slice(0, 2);
  return wished.find((locale) => locale.slice(0, 2).toLowerCase() === spoken) ?? language;
}

/** A day: "3 Apr 2026", "2026年4月3日". */
export function writeDay(moment: string | Date): string {
  return write(moment, { dateStyle: "medium" });
}

/** A weekday, a day and an hour: what somebody must act before. */
export function writeDeadline(moment: string | Date): string {
  return write(moment, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "numeric",
    minute: "2-digit",
  });
}

function write(moment: string | Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(localeFor(currentLanguage(), navigator.languages), options).format(
    new Date(moment),
  );
}
