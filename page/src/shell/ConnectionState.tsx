import { type ReactNode, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { socket } from "../live/live";
import type { Connection } from "../live/socket";

const SHORT = {
  connecting: "connecting",
  connected: "open",
  reconnecting: "connecting",
  offline: "offline",
  refused: "offline",
} as const satisfies Record<Connection, string>;

const DOTS = { open: "bg-accent", connecting: "bg-warn animate-breathe", offline: "bg-danger" };

/** Whether the page is connected: a dot, and words only while it is not. */
export function ConnectionState(): ReactNode {
  const { t } = useTranslation();
  const connection = useConnection();
  const short = SHORT[connection];
  return (
    <div
      role="status"
      data-connection={short}
      title={t(`connection.${connection}`)}
      className="flex h-8 shrink-0 items-center gap-2 rounded-full px-2 text-xs text-soft"
    >
      <span aria-hidden="true" className={`size-1.5 rounded-full ${DOTS[short]}`} />
      {/* The words come late, so that a connection lost for a moment is no news. */}
      <span key={short} className={short === "open" ? "sr-only" : "animate-late"}>
        {t(`connection.${connection}`)}
      </span>
    </div>
  );
}

function useConnection(): Connection {
  return useSyncExternalStore(watch, () => socket.connection);
}

function watch(onChange: () => void): () => void {
  return socket.watch(onChange);
}
