import { Menu as MenuIcon } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useQuestions } from "../tasks/questions";
import { IconButton } from "../ui/Button";
import { useWide } from "../ui/room";
import { ConnectionDot } from "./ConnectionState";
import { useDrawer } from "./drawer";

/** The line above an area: the way to the navigation, a title, the connection, and what the area adds. */
export function Top({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const isWide = useWide();
  const { setOpen } = useDrawer();
  const numQuestions = useQuestions().length;
  useEffect(() => {
    const name = title ? `${title} · ${t("shell.brand")}` : t("shell.brand");
    document.title = numQuestions > 0 ? `(${numQuestions}) ${name}` : name;
  }, [title, numQuestions, t]);
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 px-2 sm:px-4">
      {!isWide && (
        <IconButton label={t("shell.openMenu")} className="size-11" onClick={() => setOpen(true)}>
          <MenuIcon aria-hidden="true" className="size-5" />
        </IconButton>
      )}
      <h1 className="min-w-0 flex-1 truncate px-1 text-sm font-medium text-soft">
        {title || <span className="sr-only">{t("shell.brand")}</span>}
      </h1>
      <ConnectionDot />
      {children}
    </header>
  );
}
