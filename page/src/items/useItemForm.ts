import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Item } from "../api.generated";
import { api } from "../live/api";
import { currentOf } from "../live/errors";
import { reason } from "../ui/reason";
import { addItem, putItem } from "./changing";
import { type Draft, draftOf, EMPTY, type Field, isSame, type Problems, readDraft } from "./drafts";
import { keepDraft, keptDraft } from "./formDrafts";
import type { Conflict } from "./useEditing";

export interface ItemFormState {
  draft: Draft;
  problems: Problems;
  /** Why it was not saved, in words. */
  trouble: string | null;
  /** The item was deleted meanwhile. */
  isGone: boolean;
  isSaving: boolean;
  /** What is shown was typed earlier, and not saved. */
  isOld: boolean;
  base: Item | null;
  type: (field: Field, text: string) => void;
  /** Save; answers whether the form is done with. */
  save: () => Promise<boolean>;
  /** Bring the deleted item back, and save then. */
  bringBack: () => Promise<boolean>;
  forget: () => void;
}

/** The fields of one item, new or known, until they are saved; what is typed is kept meanwhile. */
export function useItemForm(item: Item | null, onConflict: (conflict: Conflict) => void): ItemFormState {
  const queries = useQueryClient();
  const id = item?.id ?? null;
  const [start] = useState(() => startOf(item));
  const [draft, setDraft] = useState(start.draft);
  const [base, setBase] = useState(start.base);
  const [isOld, setOld] = useState(start.isOld);
  const [problems, setProblems] = useState<Problems>({});
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isGone, setGone] = useState(false);
  const [isSaving, setSaving] = useState(false);

  function type(field: Field, text: string): void {
    const next = { ...draft, [field]: text };
    setDraft(next);
    setProblems(({ [field]: _, ...others }) => others);
    keepDraft(id, isSame(next, base ? draftOf(base) : EMPTY) ? null : { draft: next, base });
  }

  async function save(onto = base): Promise<boolean> {
    const read = readDraft(draft);
    setProblems(read.problems);
    setTrouble(null);
    if (isSaving || Object.keys(read.problems).length > 0) return false;
    if (onto && isSame(draft, draftOf(onto))) return done();
    setSaving(true);
    try {
      if (onto) await putItem(queries, onto.id, read.item, onto.version);
      else await addItem(queries, read.item);
      return done();
    } catch (error) {
      return fail(error, onto);
    } finally {
      setSaving(false);
    }
  }

  function fail(error: unknown, onto: Item | null): boolean {
    const theirs = currentOf<Item>(error);
    if (theirs && onto) onConflict({ base: onto, mine: draft, theirs });
    else setTrouble(reason(error));
    setGone(onto !== null && error instanceof Error && error.name === "NotFound");
    return false;
  }

  async function bringBack(): Promise<boolean> {
    if (!base) return false;
    try {
      const now = await api.restore_item(base.id);
      setGone(false);
      setBase(now);
      return await save(now);
    } catch (error) {
      return fail(error, null);
    }
  }

  function done(): boolean {
    keepDraft(id, null);
    return true;
  }

  function forget(): void {
    keepDraft(id, null);
    setOld(false);
    setBase(item);
    setDraft(item ? draftOf(item) : EMPTY);
    setProblems({});
  }

  return {
    draft,
    problems,
    trouble,
    isGone,
    isSaving,
    isOld,
    base,
    type,
    save: () => save(),
    bringBack,
    forget,
  };
}

function startOf(item: Item | null): { draft: Draft; base: Item | null; isOld: boolean } {
  const kept = keptDraft(item?.id ?? null);
  if (kept) return { ...kept, isOld: true };
  return { draft: item ? draftOf(item) : EMPTY, base: item, isOld: false };
}
