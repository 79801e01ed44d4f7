import type { StreamEvent } from "../live/frames";

/** What has come of an answer so far. */
export interface Streamed {
  text: string;
  thinking: string;
  ended: boolean;
}

type Subscribe = (
  stream: string,
  after: number,
  onEvents: (events: StreamEvent[]) => void,
  onGap: (upTo: number) => void,
) => () => void;

export const PAINT_MS = 50;
const NOTHING: Streamed = { text: "", thinking: "", ended: false };

/** Gathers the words of one task; tells its watchers at most 20 times a second. */
export class StreamedText {
  private now: Streamed = NOTHING;
  private painted: Streamed = NOTHING;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly task: string;
  private readonly subscribe: Subscribe;

  constructor(task: string, subscribe: Subscribe) {
    this.task = task;
    this.subscribe = subscribe;
  }

  get current(): Streamed {
    return this.painted;
  }

  /** Read the stream from its beginning. Returns the function that ends the reading. */
  follow(onPaint: () => void): () => void {
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
    // A folded stream has ended: its text stands in the message, which is read again.
    const stop = this.subscribe(this.task, 0, take, () => {
      this.now = { ...this.now, ended: true };
      paint();
    });
    return () => {
      stop();
      clearTimeout(this.timer);
      this.timer = undefined;
    };
  }
}

function added(so: Streamed, event: StreamEvent): Streamed {
  const text = typeof event.data.text === "string" ? event.data.text : "";
  if (event.kind === "text") return { ...so, text: so.text + text };
  if (event.kind === "thinking") return { ...so, thinking: so.thinking + text };
  return event.kind === "end" ? { ...so, ended: true } : so;
}
