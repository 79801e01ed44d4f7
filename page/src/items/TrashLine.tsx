import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { go } from "../shell/place";
import { Button } from "../ui/Button";

/** What the trash is, and the way back to the items. */
export function TrashLine(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 px-3 pb-2 sm:px-4">
      <Button className="h-9" onClick={() => go("/items")}>
        <ArrowLeft aria-hidden="true" className="size-4" />
        {t("items.back")}
      </Button>
      <p className="min-w-0 text-sm text-soft">{t("items.trashNote")}</p>
    </div>
  );
}
