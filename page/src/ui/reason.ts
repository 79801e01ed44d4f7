import i18next from "i18next";

/** What to tell a reader about a failed call: the server's sentence, which says what to do next. */
export function reason(error: unknown): string {
  return error instanceof Error && error.message ? error.message : i18next.t("errors.unknown");
}
