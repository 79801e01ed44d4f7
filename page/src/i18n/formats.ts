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

/** A day of a calendar, which has no time and no zone: "2026-11-21" -> "21 Nov 2026". */
export function writeDate(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return write(new Date(year, month - 1, date), { dateStyle: "medium" });
}

/** When something was changed: today the hour, before that the day. */
export function writeWhen(moment: string, now = new Date()): string {
  const isToday = new Date(moment).toDateString() === now.toDateString();
  return isToday ? write(moment, { timeStyle: "short" }) : writeDay(moment);
}

/** The hour with its seconds: "09:05:12". */
export function writeTime(moment: string): string {
  return write(moment, { timeStyle: "medium" });
}

/** A day and an hour: "3 Apr 2026, 09:05". */
export function writeMoment(moment: string): string {
  return write(moment, { dateStyle: "medium", timeStyle: "short" });
}

/** A number with all the digits it has. */
export function writeNumber(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 20 }).format(value);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** So many bytes in the largest unit that leaves a whole number in front: "1.4 MB". */
export function writeBytes(bytes: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const number = new Intl.NumberFormat(locale(), { maximumSignificantDigits: 3 });
  return `${number.format(bytes / 1000 ** step)} ${UNITS[step]}`;
}

function locale(): string {
  return localeFor(currentLanguage(), navigator.languages);
}

function write(moment: string | Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale(), options).format(new Date(moment));
}
