import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { writeNumber } from "../i18n/formats";
import { written } from "../shell/palette/keys";
import { useWide } from "../ui/room";

interface FootLineProps {
  /** How many there are in all, null while only some of them are read. */
  total: number | null;
  num: number;
  isTrash: boolean;
}

/** How many items there are, and the keys of the table. */
export function FootLine({ total, num, isTrash }: FootLineProps): ReactNode {
  const { t } = useTranslation();
  const isWide = useWide();
  const count = total === null ? `${writeNumber(num)}+` : writeNumber(total);
  return (
    <footer className="flex h-9 shrink-0 items-center gap-4 border-t border-line px-4 text-xs text-faint">
      <span role="status" className="shrink-0 tabular-nums">
        {t(count === "1" ? "items.countOne" : "items.count", { num: count })}
      </span>
      {isWide && num > 0 && (
        <span className="ml-auto min-w-0 truncate">
          {isTrash ? t("items.trashKeys") : t("items.keys", { open: written("Mod", "Enter") })}
        </span>
      )}
    </footer>
  );
}
