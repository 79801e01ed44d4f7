import { useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { useRef, useState } from "react";
import type { SavedScript, ScriptIn } from "../api.generated";
import { currentOf } from "../live/errors";
import { go } from "../shell/place";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { addScript, changeScript } from "./changing";
import { type Draft, draftOf, EMPTY, type Field, isSame, type Problems, readDraft } from "./drafts";
import { growInto, type Kept, keepDraft, keptDraft } from "./keeping";

/** Two pages have changed one script. */
export interface Conflict {
  mine: Draft;
  theirs: SavedScript;
}

export interface ScriptState {
  id: string | null;
  saved: SavedScript | null;
  draft: Draft;
  problems: Problems;
  isChanged: boolean;
  isSaving: boolean;
  conflict: Conflict | null;
  type: (field: Field, text: string) => void;
  /** Put other words into all fields. */
  put: (draft: Draft) => void;
  /** Forget what was typed. */
  putBack: () => void;
  save: () => Promise<SavedScript | null>;
  /** What the fields say, where all of them can be taken. */
  read: () => ScriptIn | null;
  takeTheirs: () => void;
  keepMine: () => Promise<void>;
  /** Decide later; what was typed stays. */
  leaveConflict: () => void;
}

/** The fields of one script, new or saved; what is typed is kept until it is saved. */
export function useScript(saved: SavedScript | null): ScriptState {
  const queries = useQueryClient();
  const id = saved?.id ?? null;
  const [typed, setTyped] = useState(() => keptDraft(id));
  const [problems, setProblems] = useState<Problems>({});
  const [isSaving, setSaving] = useState(false);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const base = baseOf(typed, saved);
  const draft = typed?.draft ?? (saved ? draftOf(saved) : EMPTY);
  const latest = useRef(draft);
  latest.current = draft;

  function put(next: Draft, onto = base): void {
    const kept = isSame(next, onto ? draftOf(onto) : EMPTY) ? null : { draft: next, base: onto };
    setTyped(kept);
    keepDraft(onto?.id ?? null, kept);
  }

  function type(field: Field, text: string): void {
    latest.current = { ...latest.current, [field]: text };
    put(latest.current);
    setProblems(({ [field]: _, ...others }) => others);
  }

  function read(): ScriptIn | null {
    const found = readDraft(latest.current, i18next.t("scripts.untitled"));
    setProblems(found.problems);
    return Object.keys(found.problems).length > 0 ? null : found.script;
  }

  async function save(onto = base): Promise<SavedScript | null> {
    const script = read();
    if (!script || isSaving) return null;
    if (saved && !typed) return saved;
    const sent = latest.current;
    setSaving(true);
    try {
      const now = await (onto ? changeScript(queries, onto, script) : addScript(queries, script));
      return settle(now, sent);
    } catch (error) {
      return fail(error, sent, onto);
    } finally {
      setSaving(false);
    }
  }

  // What was typed while the script was on its way is still to be saved.
  function settle(now: SavedScript, sent: Draft): SavedScript {
    if (id === null) growInto(now.id);
    put(isSame(latest.current, sent) ? draftOf(now) : latest.current, now);
    if (id === null) go(`/scripts/${now.id}`, true);
    return now;
  }

  async function fail(error: unknown, sent: Draft, onto: SavedScript | null): Promise<SavedScript | null> {
    const theirs = currentOf<SavedScript>(error);
    if (!theirs) notify(i18next.t("scripts.notSaved", { reason: reason(error) }));
    else if (isSame(draftOf(theirs), sent)) return settle(theirs, sent);
    else if (onto && isSame(draftOf(theirs), draftOf(onto))) return await again(theirs, sent);
    else setConflict({ mine: sent, theirs });
    return null;
  }

  async function again(theirs: SavedScript, mine: Draft): Promise<SavedScript | null> {
    const { script } = readDraft(mine, theirs.name);
    try {
      const now = await changeScript(queries, theirs, script);
      setConflict(null);
      return settle(now, mine);
    } catch (error) {
      const newest = currentOf<SavedScript>(error);
      if (newest) setConflict({ mine, theirs: newest });
      else notify(i18next.t("scripts.notSaved", { reason: reason(error) }));
      return null;
    }
  }

  function takeTheirs(): void {
    if (!conflict) return;
    put(draftOf(conflict.theirs), conflict.theirs);
    setConflict(null);
  }

  return {
    id,
    saved,
    draft,
    problems,
    isChanged: typed !== null,
    isSaving,
    conflict,
    type,
    put: (next) => put(next),
    putBack: () => put(saved ? draftOf(saved) : EMPTY, saved),
    save: () => save(),
    read,
    takeTheirs,
    keepMine: async () => void (conflict && (await again(conflict.theirs, conflict.mine))),
    leaveConflict: () => setConflict(null),
  };
}

// Another page may have changed what the fields do not show, such as the schedule: that is no conflict.
function baseOf(typed: Kept | null, saved: SavedScript | null): SavedScript | null {
  const base = typed?.base;
  if (!base || !saved) return saved;
  return isSame(draftOf(base), draftOf(saved)) ? saved : base;
}
