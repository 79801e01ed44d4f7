import type { ErrorBody } from "../api.generated";
import type { StreamEvent } from "../live/frames";

/** What has come of an answer so far. */
export interface Streamed {
  text: string;
  thinking: string;
  ended: boolean;
  /** How it ended; null while it is written, and where the stream did not say. */
  end: TaskEnd | null;
}

export interface TaskEnd {
  state: string;
}

export type Subscribe = (
  stream: string,
  after: number,
  onEvents: (events: StreamEvent[]) => void,
  onGap: (upTo: number) => void,
  onRefused: (error: ErrorBody) => void,
) => () => void;

export const PAINT_MS = 50;
const LEAST_PAUSE_MS = 2_000;
const MOST_PAUSE_MS = 30_000;
const NOTHING: Streamed = { text: "", thinking: "", ended: false, end: null };

/** Gathers the words of one task; tells its watchers at most 20 times a second. */
export class StreamedText {
  private now: Streamed = NOTHING;
  private painted: Streamed = NOTHING;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private pauseMs = LEAST_PAUSE_MS;
  private readonly task: string;
  private readonly subscribe: Subscribe;
  private readonly onRefused: () => void;

  /** @param onRefused the server gives no stream: the message itself may tell more. */
  constructor(task: string, subscribe: Subscribe, onRefused: () => void = () => {}) {
    this.task = task;
    this.subscribe = subscribe;
    this.onRefused = onRefused;
  }

  get current(): Streamed {
    return this.painted;
  }

  /** Read the stream from its beginning. Returns the function that ends the reading. */
  follow(onPaint: () => void): () => void {
    let stop = this.read(onPaint, () => {
      stop = () => {};
      this.onRefused();
      this.again = setTimeout(() => {
        stop = this.follow(onPaint);
      }, this.nextPause());
    });
    return () => {
      stop();
      clearTimeout(this.timer);
      clearTimeout(this.again);
      this.timer = undefined;
    };
  }

  private read(onPaint: () => void, onRefused: () => void): () => void {
    this.now = NOTHING;
    const paint = () => {
      this.timer = undefined;
      this.painted = this.now;
      onPaint();
    };
    const take = (events: StreamEvent[]) => {
      this.now = events.reduce(added, this.now);
      this.timer ??= setTimeout(paint, PAINT_MS);
    };
    // What came before is told again by a snapshot; where none follows, the text stands in the message.
    const fold = () => {
      this.now = { ...NOTHING, ended: true };
      this.timer ??= setTimeout(paint, PAINT_MS);
    };
    return this.subscribe(this.task, 0, take, fold, onRefused);
  }

  private nextPause(): number {
    const pause = this.pauseMs;
    this.pauseMs = Math.min(pause * 2, MOST_PAUSE_MS);
    return pause;
  }
}

function added(so: Streamed, event: StreamEvent): Streamed {
  const { text, state, events } = event.data;
  if (event.kind === "snapshot") return (events as StreamEvent[]).reduce(added, NOTHING);
  const words = typeof text === "string" ? text : "";
  if (event.kind === "text") return { ...so, text: so.text + words };
  if (event.kind === "thinking") return { ...so, thinking: so.thinking + words };
  if (event.kind !== "end" || so.ended) return so;
  return { ...so, ended: true, end: typeof state === "string" ? { state } : null };
}
