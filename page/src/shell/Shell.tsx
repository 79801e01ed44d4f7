import { type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { AREAS, HOME } from "../areas";
import { QuestionDoor } from "../tasks/QuestionDoor";
import { TokensDoor } from "../tokens/TokensDoor";
import { Notices } from "../ui/Notices";
import { useWide } from "../ui/room";
import { AreaBoundary } from "./AreaBoundary";
import { AreaBar } from "./AreaLinks";
import { ConnectionNotice } from "./ConnectionState";
import { DrawerContext } from "./drawer";
import { Navigation, NavigationDrawer } from "./Navigation";
import { PaletteDoor } from "./palette/PaletteDoor";
import { usePlace } from "./place";
import { useShellKeys } from "./useShellKeys";
import { ExpiryBanner } from "./workspace/ExpiryBanner";
import { useWorkspaceEvents } from "./workspace/workspace";

/** The frame of the page: navigation on the left, the open area beside it. */
export function Shell(): ReactNode {
  const place = usePlace();
  const isWide = useWide();
  const [isOpen, setOpen] = useState(false);
  const drawer = useMemo(() => ({ isOpen, setOpen }), [isOpen]);
  const area = AREAS.find((each) => each.path === place.path) ?? HOME;
  useClosing(place.rest, setOpen);
  useWorkspaceEvents();
  const notices = useShellKeys();
  return (
    <DrawerContext value={drawer}>
      <div className="flex h-full">
        {isWide ? (
          <Navigation area={area} rest={place.rest} />
        ) : (
          <NavigationDrawer area={area} rest={place.rest} />
        )}
        <main tabIndex={-1} className="relative flex min-w-0 flex-1 flex-col outline-none">
          <ConnectionNotice />
          <ExpiryBanner />
          <QuestionDoor isThere={area.id === "tasks"} />
          <AreaBoundary key={area.id}>
            <Suspense>
              <area.Page rest={place.rest} />
            </Suspense>
          </AreaBoundary>
          {!isWide && <AreaBar areas={AREAS} current={area} />}
        </main>
      </div>
      <div ref={notices}>
        <Notices />
      </div>
      <PaletteDoor />
      <TokensDoor />
    </DrawerContext>
  );
}

function useClosing(rest: string, setOpen: (open: boolean) => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere else puts the drawer away
  useEffect(() => setOpen(false), [rest, setOpen]);
}
