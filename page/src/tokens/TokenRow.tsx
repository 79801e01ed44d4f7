import { useQueryClient } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Token } from "../api.generated";
import { writeDay } from "../i18n/formats";
import { Button, IconButton } from "../ui/Button";
import { reason } from "../ui/reason";
import { deleteToken } from "./reading";

/** A token: when it was made and used, when it ends; it is deleted only by a second press, since nothing undoes that. */
export function TokenRow({ token, onDeleted }: { token: Token; onDeleted: () => void }): ReactNode {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  return (
    <li className="py-2.5">
      <div className="flex items-center gap-3">
        <KeyRound aria-hidden="true" className="size-4 shrink-0 text-faint" />
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-medium" title={token.name}>
            {token.name}
          </p>
          <p className="text-xs text-faint">{useTimes(token)}</p>
        </div>
        <IconButton
          label={t("tokens.delete", { name: token.name })}
          aria-expanded={isAsking}
          onClick={() => setAsking(!isAsking)}
        >
          <Trash2 aria-hidden="true" className="size-4" />
        </IconButton>
      </div>
      {isAsking && <Question token={token} onDeleted={onDeleted} onKeep={() => setAsking(false)} />}
    </li>
  );
}

function useTimes(token: Token): string {
  const { t } = useTranslation();
  const isOver = Date.parse(token.expires_at) <= Date.now();
  const used = token.used_at ? t("tokens.used", { day: writeDay(token.used_at) }) : t("tokens.unused");
  const end = t(isOver ? "tokens.ended" : "tokens.ends", { day: writeDay(token.expires_at) });
  return [t("tokens.made", { day: writeDay(token.created_at) }), used, end].join(" · ");
}

interface QuestionProps {
  token: Token;
  onDeleted: () => void;
  onKeep: () => void;
}

function Question({ token, onDeleted, onKeep }: QuestionProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);

  async function remove(): Promise<void> {
    try {
      await deleteToken(queries, token.id);
      onDeleted();
    } catch (error) {
      setProblem(reason(error));
    }
  }

  return (
    <div className="mt-2 ml-7 rounded-xl border border-line bg-sunken px-3.5 py-3 text-sm">
      <p className="wrap-anywhere">{t("tokens.sure", { name: token.name })}</p>
      {problem && (
        <p role="alert" className="mt-1 text-danger">
          {problem}
        </p>
      )}
      <div className="mt-2.5 flex flex-wrap gap-2">
        <Button className="text-danger!" onClick={() => void remove()}>
          {t("tokens.deleteForGood")}
        </Button>
        <Button kind="quiet" autoFocus onClick={onKeep}>
          {t("tokens.keep")}
        </Button>
      </div>
    </div>
  );
}
