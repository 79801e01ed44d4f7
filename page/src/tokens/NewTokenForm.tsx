import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { NewToken } from "../api.generated";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Fields";
import { reason } from "../ui/reason";
import { makeToken } from "./reading";

const MAX_NAME = 100;
const MAX_DAYS = 3650;
const DAYS = "90";

/** A name, an end, and the button that makes a token of them. */
export function NewTokenForm({ onMade }: { onMade: (made: NewToken) => void }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState(DAYS);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isSending) return;
    setProblem(name.trim() ? null : t("tokens.nameMissing"));
    if (!name.trim()) return;
    setSending(true);
    try {
      onMade(await makeToken(queries, name.trim(), Number(days)));
      setName("");
    } catch (error) {
      setProblem(reason(error));
    } finally {
      setSending(false);
    }
  }

  return (
    <form onSubmit={submit} noValidate className="mt-4">
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-48">
          <TextField
            label={t("tokens.name")}
            placeholder={t("tokens.example")}
            value={name}
            maxLength={MAX_NAME}
            autoComplete="off"
            onChange={setName}
          />
        </div>
        <div className="w-28">
          <TextField
            label={t("tokens.days")}
            type="number"
            min={1}
            max={MAX_DAYS}
            value={days}
            onChange={setDays}
          />
        </div>
        <Button kind="primary" type="submit" aria-disabled={isSending} className="h-9.5 pointer-coarse:h-11">
          {t("tokens.make")}
        </Button>
      </div>
      {problem && (
        <p role="alert" className="mt-2 text-sm text-danger">
          {problem}
        </p>
      )}
    </form>
  );
}
