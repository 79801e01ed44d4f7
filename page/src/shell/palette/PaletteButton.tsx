import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PALETTE_KEYS } from "./keys";
import { openPalette } from "./opening";

/** Opens the palette and shows the keys that do. */
export function PaletteButton(): ReactNode {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-keyshortcuts="Control+K Meta+K"
      title={`${t("shell.palette.title")} (${PALETTE_KEYS})`}
      onClick={() => openPalette()}
      className="relative flex h-8 shrink-0 items-center gap-1.5 rounded-lg px-2 text-xs text-faint hover:bg-hover hover:text-ink pointer-coarse:h-11"
    >
      <Search aria-hidden="true" className="size-4" />
      <span className="sr-only">{t("shell.palette.title")}</span>
      <span aria-hidden="true" className="pointer-coarse:hidden">
        {PALETTE_KEYS}
      </span>
    </button>
  );
}
