import * as Dialog from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { AREAS, type Area } from "../areas";
import { IconButton } from "../ui/Button";
import { AreaBoundary } from "./AreaBoundary";
import { AreaList } from "./AreaLinks";
import { useDrawer } from "./drawer";
import { PaletteButton } from "./palette/PaletteButton";
import { SettingsMenu } from "./SettingsMenu";
import { WorkspaceMenu } from "./workspace/WorkspaceMenu";

interface NavigationProps {
  area: Area;
  rest: string;
}

/** The navigation beside the page. */
export function Navigation(props: NavigationProps): ReactNode {
  const { t } = useTranslation();
  return (
    <nav
      aria-label={t("shell.navigation")}
      className="flex w-[17.5rem] shrink-0 flex-col border-r border-line bg-panel"
    >
      <div className="flex h-14 items-center justify-between pr-2 pl-4">
        <Brand />
        <PaletteButton />
      </div>
      <Contents {...props} />
    </nav>
  );
}

/** The navigation over the page. */
export function NavigationDrawer(props: NavigationProps): ReactNode {
  const { t } = useTranslation();
  const { isOpen, setOpen } = useDrawer();
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 animate-fade bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 flex w-[min(20rem,86vw)] animate-slide flex-col bg-panel pb-[env(safe-area-inset-bottom)] shadow-2xl outline-none"
        >
          <Dialog.Title className="sr-only">{t("shell.navigation")}</Dialog.Title>
          <div className="flex h-14 items-center pr-2 pl-4">
            <Brand />
            <span className="flex-1" />
            <PaletteButton />
            <Dialog.Close asChild>
              <IconButton label={t("shell.closeMenu")} className="size-11">
                <X aria-hidden="true" className="size-5" />
              </IconButton>
            </Dialog.Close>
          </div>
          <Contents {...props} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Brand(): ReactNode {
  const { t } = useTranslation();
  return (
    <span className="flex items-center gap-2.5">
      <img src="/static/favicon.svg" alt="" width="24" height="24" />
      <span className="font-brand text-lg tracking-tight">{t("shell.brand")}</span>
    </span>
  );
}

function Contents({ area, rest }: NavigationProps): ReactNode {
  return (
    <>
      <div className="flex px-2 pb-1">
        <WorkspaceMenu />
      </div>
      <AreaList areas={AREAS} current={area} />
      {area.Side && AREAS.length > 1 && <hr className="mx-2 mb-2 border-line" />}
      <div className="flex min-h-0 flex-1 flex-col">
        {area.Side && (
          <AreaBoundary key={area.id}>
            <Suspense>
              <area.Side rest={rest} />
            </Suspense>
          </AreaBoundary>
        )}
      </div>
      <div className="border-t border-line p-2">
        <SettingsMenu />
      </div>
    </>
  );
}
