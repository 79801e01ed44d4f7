import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { notify } from "../../ui/notify";
import { openPalette, usePaletteOpen } from "./opening";

/** Loads the palette when it is first asked for. */
export function PaletteDoor(): ReactNode {
  const { t } = useTranslation();
  const isOpen = usePaletteOpen();
  const [Palette, setPalette] = useState<ComponentType | null>(null);
  useEffect(() => {
    if (!isOpen || Palette) return;
    import("./Palette").then(
      (loaded) => setPalette(() => loaded.default),
      () => {
        openPalette(false);
        notify(t("errors.areaFailed"), { label: t("ui.reload"), run: () => location.reload() });
      },
    );
  }, [isOpen, Palette, t]);
  return Palette && <Palette />;
}
