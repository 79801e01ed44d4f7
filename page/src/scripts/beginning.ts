import i18next from "i18next";
import { go } from "../shell/place";
import { keepFocus } from "../ui/focusPlace";
import { notify } from "../ui/notify";
import { type Draft, EMPTY, isSame } from "./drafts";
import { beginAnew, keepDraft, keptDraft } from "./keeping";

/** Open a new script with these words; one that was begun and not saved can be brought back. */
export function beginNew(draft: Draft): void {
  const old = keptDraft(null)?.draft;
  open(draft);
  if (!old || isSame(old, draft)) return;
  notify(i18next.t("scripts.replaced"), { label: i18next.t("ui.undo"), run: () => open(old) });
}

function open(draft: Draft): void {
  beginAnew();
  keepDraft(null, isSame(draft, EMPTY) ? null : { draft, base: null });
  go("/scripts/new");
  keepFocus();
}
