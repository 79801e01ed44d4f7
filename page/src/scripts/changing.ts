import type { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import type { SavedScript, ScriptIn, ScriptPatch } from "../api.generated";
import { api } from "../live/api";
import { go } from "../shell/place";
import { keepFocus } from "../ui/focusPlace";
import { offerUndo, tried } from "../ui/tried";
import { hideScript, readAgain, showScript } from "./reading";

/** Save a new script. Rejects with CallError. */
export async function addScript(queries: QueryClient, script: ScriptIn): Promise<SavedScript> {
  const saved = await api.create_script(script);
  showScript(queries, saved);
  return saved;
}

/** Change a script that has this version. Rejects with CallError; `conflict` where it has another one. */
export async function changeScript(
  queries: QueryClient,
  base: SavedScript,
  changes: ScriptPatch,
): Promise<SavedScript> {
  const saved = await api.update_script(base.id, changes, base.version);
  showScript(queries, saved);
  return saved;
}

/** Delete a script, and offer to bring it back. */
export async function deleteScript(queries: QueryClient, script: SavedScript): Promise<void> {
  // Before its end is heard of, which would be told as another page's doing.
  hideScript(queries, script.id);
  if (location.hash === `#/scripts/${script.id}`) go("/scripts", true);
  keepFocus(); // the menu goes away now, however late the answer comes
  await change(queries, async () => {
    await api.delete_script(script.id);
    offerUndo(i18next.t("scripts.deleted", { name: script.name }), () =>
      change(queries, () => api.restore_script(script.id)),
    );
  });
}

/** Save a script once more under another name, and open that. */
export async function duplicateScript(queries: QueryClient, script: SavedScript): Promise<void> {
  await change(queries, async () => {
    const { script: source, url, timeout_s, origins } = script;
    const name = i18next.t("scripts.copyOf", { name: script.name }).slice(0, 200);
    const copy = await addScript(queries, { name, script: source, url, timeout_s, origins });
    go(`/scripts/${copy.id}`);
  });
}

async function change(queries: QueryClient, act: () => Promise<unknown>): Promise<void> {
  await tried(act);
  readAgain(queries);
  keepFocus();
}
