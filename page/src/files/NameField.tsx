import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as StoredFile } from "../api.generated";
import { FIELD } from "../ui/Fields";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { renameFile } from "./reading";

const MAX_NAME = 200;

interface NameFieldProps {
  file: StoredFile;
  /** `byKey`: the reader is still here and has not gone elsewhere. */
  onDone: (byKey: boolean) => void;
}

/** A file's name being changed: Enter or leaving the field keeps it, Escape does not. */
export function NameField({ file, onDone }: NameFieldProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(file.name);
  const isDone = useRef(false);
  useEffect(() => {
    const ending = file.name.lastIndexOf(".");
    field.current?.focus();
    field.current?.setSelectionRange(0, ending > 0 ? ending : file.name.length);
  }, [file.name]);

  async function finish(keeps: boolean, byKey: boolean): Promise<void> {
    if (isDone.current) return;
    isDone.current = true;
    const isNew = name.trim() !== "" && name.trim() !== file.name;
    try {
      if (keeps && isNew) await renameFile(queries, file, name.trim());
    } catch (error) {
      notify(reason(error));
    }
    onDone(byKey);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") void finish(true, true);
    if (event.key === "Escape") void finish(false, true);
  }

  return (
    <input
      ref={field}
      aria-label={t("files.name")}
      value={name}
      maxLength={MAX_NAME}
      onChange={(event) => setName(event.target.value)}
      onBlur={() => void finish(true, false)}
      onKeyDown={onKeyDown}
      className={`${FIELD} h-9 flex-1 py-0!`}
    />
  );
}
