import { RotateCcw } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Item } from "../api.generated";
import { Button } from "../ui/Button";
import { TextArea, TextField } from "../ui/Fields";
import { Window } from "../ui/Window";
import type { Field } from "./drafts";
import { problemText } from "./problemText";
import type { Conflict } from "./useEditing";
import { type ItemFormState, useItemForm } from "./useItemForm";

interface ItemFormProps {
  /** Null for a new one. */
  item: Item | null;
  onClose: () => void;
  onConflict: (conflict: Conflict) => void;
}

const MAX_TITLE = 200;
const MAX_TEXT = 100_000;

/** A window with all fields of an item. */
export function ItemForm({ item, onClose, onConflict }: ItemFormProps): ReactNode {
  const { t } = useTranslation();
  const form = useItemForm(item, onConflict);
  const place = useRef<HTMLFormElement>(null);
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    if (await form.save()) onClose();
  };
  useFocusOnProblem(place, form);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void save();
  }

  return (
    <Window title={t(item ? "items.edit" : "items.new")} isWide onClose={onClose}>
      <form ref={place} onSubmit={save} onKeyDown={onKeyDown} noValidate className="space-y-3.5">
        <Notes form={form} item={item} />
        <Fields form={form} />
        {form.trouble && <TroubleLine form={form} onDone={onClose} />}
        <div className="flex flex-wrap items-center justify-end gap-2 pt-1">
          <Button kind="quiet" onClick={onClose}>
            {t("ui.cancel")}
          </Button>
          <Button kind="primary" type="submit" aria-disabled={form.isSaving}>
            {t("ui.save")}
          </Button>
        </div>
      </form>
    </Window>
  );
}

function Fields({ form }: { form: ItemFormState }): ReactNode {
  const { t } = useTranslation();
  const of = (field: Field) => ({
    label: t(`items.column.${field}`),
    value: form.draft[field],
    problem: form.problems[field] && problemText(form.problems[field]),
    onChange: (text: string) => form.type(field, text),
    autoComplete: "off",
  });
  return (
    <>
      <TextField {...of("title")} maxLength={MAX_TITLE} />
      <TextArea {...of("text")} rows={3} maxLength={MAX_TEXT} className="max-h-[30dvh] resize-y" />
      <div className="grid gap-3.5 sm:grid-cols-3">
        <TextField {...of("number")} inputMode="decimal" className="tabular-nums" />
        <TextField {...of("date")} type="date" />
        <TextField {...of("tags")} placeholder={t("items.tagsExample")} />
      </div>
      <TextArea
        {...of("attributes")}
        rows={4}
        spellCheck="false"
        placeholder={'{"author": "Ada", "pages": 120}'}
        hint={t("items.attributesHint")}
        className="max-h-[30dvh] resize-y font-mono text-xs! leading-relaxed"
      />
    </>
  );
}

function Notes({ form, item }: { form: ItemFormState; item: Item | null }): ReactNode {
  const { t } = useTranslation();
  const isBehind = item !== null && form.base !== null && item.version > form.base.version;
  if (!form.isOld && !isBehind) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-tint px-3 py-2 text-sm"
    >
      <p className="min-w-0 flex-1 basis-60">
        {t(isBehind ? "items.changedElsewhere" : "items.typedEarlier")}
      </p>
      {form.isOld && <Button onClick={form.forget}>{t("items.forgetTyped")}</Button>}
    </div>
  );
}

function TroubleLine({ form, onDone }: { form: ItemFormState; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const bringBack = async () => {
    if (await form.bringBack()) onDone();
  };
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p role="alert" className="min-w-0 flex-1 basis-60 text-sm text-danger wrap-anywhere">
        {form.isGone ? t("items.gone") : t("items.notSaved", { reason: form.trouble ?? "" })}
      </p>
      {form.isGone && (
        <Button onClick={() => void bringBack()}>
          <RotateCcw aria-hidden="true" className="size-4" />
          {t("items.bringBack")}
        </Button>
      )}
    </div>
  );
}

function useFocusOnProblem(place: { current: HTMLFormElement | null }, { problems }: ItemFormState): void {
  const num = Object.keys(problems).length;
  useEffect(() => {
    if (num > 0) place.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [num, place]);
}
