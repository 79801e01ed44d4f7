import i18next from "i18next";
import { go } from "../shell/place";
import { keepFocus } from "../ui/focusPlace";
import { offerUndo } from "../ui/tried";
import { type Draft, EMPTY, isSame } from "./drafts";
import { beginAnew, keepDraft, keptDraft } from "./keeping";

/** Open a new script with these words; one that was begun and not saved can be brought back. */
export function beginNew(draft: Draft): void {
  const old = keptDraft(null)?.draft;
  open(draft);
  if (!old || isSame(old, draft)) return;
  offerUndo(i18next.t("scripts.replaced"), () => open(old));
}

function open(draft: Draft): void {
  beginAnew();
  keepDraft(null, isSame(draft, EMPTY) ? null : { draft, base: null });
  go("/scripts/new");
  keepFocus();
}
