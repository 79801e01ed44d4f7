import i18next from "i18next";
import { notify } from "./notify";
import { reason } from "./reason";

/** Do what a person asked for; why it failed is told in a notice. Answers whether it was done. */
export async function tried(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    notify(reason(error));
    return false;
  }
}

/** Tell what was done, and offer to undo it. */
export function offerUndo(told: string, undo: () => unknown): void {
  notify(told, { label: i18next.t("ui.undo"), run: () => void undo() });
}
