import i18next from "i18next";
import { type Language, switchLanguage } from "../i18n/i18n";
import { queries } from "../live/queries";
import { notify } from "../ui/notify";

/** Speak another language, the server's sentences too: these come in the language of the call that read them. */
export async function speak(language: Language): Promise<void> {
  try {
    await switchLanguage(language);
  } catch {
    notify(i18next.t("errors.languageFailed"));
    return;
  }
  await queries.invalidateQueries();
}
