import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { EditColumn } from "./columns";
import type { Editing, Editor } from "./useEditing";
import type { Grid } from "./useGrid";

const KINDS: Record<EditColumn, { type: string; inputMode?: "decimal" }> = {
  title: { type: "text" },
  number: { type: "text", inputMode: "decimal" },
  date: { type: "date" },
  tags: { type: "text" },
};
const MAX_LENGTH = 2000;

/** A cell being written in: Enter keeps it, Tab keeps it and goes on, Escape does not. */
export function CellEditor({
  editing,
  editor,
  grid,
}: {
  editing: Editing;
  editor: Editor;
  grid: Grid;
}): ReactNode {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    if (field.current?.type === "text") field.current.select();
  }, []);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    event.stopPropagation();
    if (event.key === "Enter") void grid.keys.finish(0);
    else if (event.key === "Tab") void grid.keys.finish(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") grid.keys.cancel();
    else return;
    event.preventDefault();
  }

  return (
    <>
      <input
        ref={field}
        {...KINDS[editing.column]}
        aria-label={t(`items.column.${editing.column}`)}
        aria-invalid={editing.problem !== null}
        aria-describedby={editing.problem ? "cell-problem" : undefined}
        value={editing.text}
        maxLength={MAX_LENGTH}
        onChange={(event) => editor.type(event.target.value)}
        onBlur={() => void editor.save()}
        onKeyDown={onKeyDown}
        className={`h-9 w-full min-w-0 rounded-md border border-accent bg-raised px-2 text-sm outline-none aria-invalid:border-danger ${editing.column === "number" ? "text-right tabular-nums" : ""}`}
      />
      {editing.problem && (
        <p
          id="cell-problem"
          role="alert"
          className="absolute top-full left-0 z-20 mt-1 w-64 rounded-lg border border-line bg-raised px-2.5 py-1.5 text-left text-xs text-danger shadow-lg"
        >
          {editing.problem}
        </p>
      )}
    </>
  );
}
