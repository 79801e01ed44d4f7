import type { Task } from "../api.generated";
import type { StreamEvent } from "../live/frames";
import { isOwnPicture } from "../ui/address";
import { reason } from "../ui/reason";

/** A picture of the page; width and height are the page's own, in CSS pixels. */
export interface Picture {
  address: string;
  width: number;
  height: number;
}

export interface Place {
  isOpen: boolean;
  url: string;
  title: string;
}

/** What is known of the workspace's page while it is watched. */
export interface Sight {
  picture: Picture | null;
  place: Place | null;
  /** Why there is no picture, in the server's words. */
  problem: string | null;
}

/** What watching needs of the page of Studiolo; tests give their own. */
export interface Watching {
  watch: () => Promise<Task>;
  cancel: (id: string) => Promise<unknown>;
  /** Follow a task's events after a number. Returns the function that ends it. */
  follow: (id: string, after: number, take: (events: StreamEvent[]) => void) => () => void;
}

type Told = Pick<StreamEvent, "kind" | "data">;

export const NOTHING: Sight = { picture: null, place: null, problem: null };

const AGAIN_MS = 20_000; // the server ends what nobody asks for within a minute
const PAUSE_MS = 1_000;
const LOOK_BACK = 4; // events: a page that stands still has told its picture already

/** Looks at the workspace's page from `start` to `stop`, and not a moment longer. */
export class PageWatch {
  private readonly watching: Watching;
  private readonly onSight: (sight: Sight) => void;
  private sight = NOTHING;
  private isOn = false;
  private taskId: string | null = null;
  private leave = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(watching: Watching, onSight: (sight: Sight) => void) {
    this.watching = watching;
    this.onSight = onSight;
  }

  start(): void {
    if (this.isOn) return;
    this.isOn = true;
    void this.ask();
  }

  stop(): void {
    this.isOn = false;
    clearTimeout(this.timer);
    this.leave();
    if (this.taskId) this.end(this.taskId);
    this.taskId = null;
  }

  private async ask(): Promise<void> {
    try {
      const task = await this.watching.watch();
      if (this.isOn) this.take(task);
      else this.end(task.id);
    } catch (error) {
      if (this.isOn) this.show({ problem: reason(error) });
    }
  }

  private take(task: Task): void {
    this.askIn(AGAIN_MS);
    if (task.id === this.taskId) return;
    this.leave();
    this.taskId = task.id;
    const after = Math.max(0, (task.last_event ?? 0) - LOOK_BACK);
    this.leave = this.watching.follow(task.id, after, (events) => this.hear(events));
  }

  private hear(events: readonly Told[]): void {
    const told: Partial<Sight> = {};
    for (const { kind, data } of events) {
      if (kind === "picture") told.picture = pictureOf(data);
      if (kind === "page") Object.assign(told, placeOf(data));
      if (kind === "end") this.ended(data);
      if (kind === "snapshot") this.hear(data.events as Told[]);
    }
    if (Object.keys(told).length > 0) this.show({ problem: null, ...told });
  }

  // Another tab has closed its picture, or the server was started anew: whoever still looks goes on.
  private ended({ state, error }: StreamEvent["data"]): void {
    this.taskId = null;
    clearTimeout(this.timer);
    if (state === "failed") this.show({ problem: (error as { message?: string } | null)?.message ?? null });
    else this.askIn(PAUSE_MS);
  }

  private askIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), ms);
  }

  // Nobody waits for it: a watch that is not cancelled ends by itself.
  private end(id: string): void {
    void this.watching.cancel(id).catch(() => {});
  }

  private show(told: Partial<Sight>): void {
    this.sight = { ...this.sight, ...told };
    this.onSight(this.sight);
  }
}

function pictureOf({ media_type, data, width, height }: StreamEvent["data"]): Picture | null {
  const address = `data:${media_type};base64,${data}`;
  return isOwnPicture(address) ? { address, width: Number(width), height: Number(height) } : null;
}

function placeOf({ is_open, url, title }: StreamEvent["data"]): Partial<Sight> {
  const place = { isOpen: Boolean(is_open), url: String(url ?? ""), title: String(title ?? "") };
  return place.isOpen ? { place } : { place, picture: null };
}
