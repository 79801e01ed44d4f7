import { type Language, switchLanguage } from "../i18n/i18n";
import { queries } from "../live/queries";

/** Speak another language; sentences of the server come in the language of the call that read them, so they are read anew. */
export async function speak(language: Language): Promise<void> {
  await switchLanguage(language);
  await queries.invalidateQueries();
}
