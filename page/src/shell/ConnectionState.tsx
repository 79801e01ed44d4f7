import { RotateCw, WifiOff } from "lucide-react";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { socket } from "../live/live";
import type { Connection } from "../live/socket";
import { Button } from "../ui/Button";

const LATE_MS = 1_000;
const SHORT = {
  connecting: "connecting",
  connected: "open",
  reconnecting: "connecting",
  offline: "offline",
  refused: "offline",
} as const satisfies Record<Connection, string>;

const DOTS = { open: "bg-accent", connecting: "bg-warn animate-breathe", offline: "bg-danger" };

/** Whether the page is connected, as a dot; words only for whoever cannot see it. */
export function ConnectionDot(): ReactNode {
  const { t } = useTranslation();
  const connection = useConnection();
  const told = useLate(connection);
  const short = SHORT[connection];
  return (
    <div
      role="status"
      data-connection={short}
      title={t(`connection.${connection}`)}
      className="flex size-8 shrink-0 items-center justify-center"
    >
      <span aria-hidden="true" className={`size-1.5 rounded-full ${DOTS[short]}`} />
      <span className="sr-only">{t(`connection.${told}`)}</span>
    </div>
  );
}

/** Why there is no connection and what to do, over the page so that nothing moves; a moment without one is no news. */
export function ConnectionNotice(): ReactNode {
  const { t } = useTranslation();
  const told = useLate(useConnection());
  if (told === "connected") return null;
  return (
    <div className="pointer-events-none absolute inset-x-0 top-14 z-20 flex justify-center px-3">
      <div className="pointer-events-auto flex max-w-full animate-fade items-center gap-2.5 rounded-xl border border-line bg-raised py-1.5 pr-1.5 pl-3.5 text-sm shadow-lg shadow-black/8">
        <WifiOff aria-hidden="true" className="size-4 shrink-0 text-warn" />
        <p className="min-w-0 py-1.5">{t(`connection.${told}`)}</p>
        {told === "refused" ? (
          <Button onClick={() => location.reload()}>{t("ui.reload")}</Button>
        ) : (
          <Button className="shrink-0" onClick={() => socket.wake()}>
            <RotateCw aria-hidden="true" className="size-3.5" />
            {t("connection.tryNow")}
          </Button>
        )}
      </div>
    </div>
  );
}

function useConnection(): Connection {
  return useSyncExternalStore(watch, () => socket.connection);
}

function watch(onChange: () => void): () => void {
  return socket.watch(onChange);
}

/** "connected" until a connection has been lost for a second; then what it is. */
function useLate(connection: Connection): Connection {
  const [isLate, setLate] = useState(false);
  const isLost = connection !== "connected";
  useEffect(() => {
    if (!isLost) return;
    // Counted from the loss on, through "offline" and "reconnecting", which take turns.
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [isLost]);
  return isLate ? connection : "connected";
}
