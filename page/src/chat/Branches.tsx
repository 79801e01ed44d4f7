import { useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";
import { IconButton } from "../ui/Button";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { openBranch } from "./asking";

// Not disabled at the ends: a disabled button loses the focus.
const STEP = "size-8 aria-disabled:cursor-default aria-disabled:opacity-45";

/** Steps between the messages that stand in one place of a conversation. */
export function Branches({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const place = message.branches.indexOf(message.id);
  const count = message.branches.length;
  if (count < 2 || place < 0) return null;
  const open = (id: string | undefined) => {
    if (id) openBranch(queries, id).catch((error) => notify(reason(error)));
  };
  return (
    <span className="flex items-center text-xs text-faint tabular-nums">
      <IconButton
        label={t("chat.branch.earlier")}
        className={STEP}
        aria-disabled={place === 0}
        onClick={() => open(message.branches[place - 1])}
      >
        <ChevronLeft aria-hidden="true" className="size-4" />
      </IconButton>
      <span aria-hidden="true">{`${place + 1} / ${count}`}</span>
      <span className="sr-only">{t("chat.branch.place", { place: place + 1, count })}</span>
      <IconButton
        label={t("chat.branch.later")}
        className={STEP}
        aria-disabled={place === count - 1}
        onClick={() => open(message.branches[place + 1])}
      >
        <ChevronRight aria-hidden="true" className="size-4" />
      </IconButton>
    </span>
  );
}
