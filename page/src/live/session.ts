import { api } from "./api";
import type { StreamEvent } from "./frames";
import { socket } from "./live";

export interface SessionListener {
  onEvents: (events: StreamEvent[]) => void;
  /** Events are missing: whatever was read before may be out of date. */
  onGap: () => void;
}

const listeners = new Set<SessionListener>();
let opened: Promise<unknown> = Promise.resolve();

const LEAST_PAUSE_MS = 2_000;
const MOST_PAUSE_MS = 60_000;
let pauseMs = LEAST_PAUSE_MS;

/** Hear what happens in this workspace, in this tab and others. Returns the function that ends it. */
export function listenToSession(listener: SessionListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Begin to follow the workspace's stream from where it stands now. */
export function startSession(): void {
  opened = follow();
}

/** Read something, but not before the place in the stream is known: else a change between the two goes unheard. */
export async function afterOpening<Value>(read: () => Promise<Value>): Promise<Value> {
  await opened;
  return read();
}

async function follow(): Promise<void> {
  try {
    const session = await api.get_session();
    socket.subscribe("session", session.last_event, tellEvents, tellGap, followLater);
  } catch {
    followWhenBack();
  }
}

// Refused: too many streams at the moment, or the store is busy. What happens meanwhile is read when it is over.
function followLater(): void {
  setTimeout(async () => {
    await follow();
    tellGap();
  }, pauseMs);
  pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS);
}

function followWhenBack(): void {
  const stop = socket.watch(async () => {
    if (socket.connection !== "connected") return;
    stop();
    await follow();
    tellGap();
  });
}

function tellEvents(events: StreamEvent[]): void {
  pauseMs = LEAST_PAUSE_MS;
  for (const listener of [...listeners]) listener.onEvents(events);
}

function tellGap(): void {
  for (const listener of [...listeners]) listener.onGap();
}
