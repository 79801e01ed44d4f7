import type { Upload as Begun } from "../api.generated";
import type { CallError } from "../live/errors";
import type { Sending, Told } from "./sending";

/**
 * `waiting` for others before it; `lost`: without a connection, goes on by itself; `left`: begun before the page was
 * loaded, its file must be chosen again.
 */
export type UploadState = "waiting" | "sending" | "paused" | "lost" | "left" | "failed" | "done";

export interface FileUpload {
  key: string;
  name: string;
  size: number;
  sent: number;
  state: UploadState;
  /** Why it failed, as the server says it; null where it says nothing. */
  error: CallError | null;
}

export interface Surroundings {
  create: (name: string, size: number, mediaType: string | null) => Promise<Pick<Begun, "id" | "url">>;
  send: (file: Blob, url: string, told: Told) => Promise<Sending>;
  forget: (url: string) => Promise<void>;
  /** What outlives a reload. */
  keep: (left: Left[]) => void;
  kept: () => Left[];
  onArrived: (id: string) => void;
}

/** An upload that was begun: enough to know its file when that is chosen again. */
export interface Left {
  id: string;
  url: string;
  name: string;
  size: number;
  modified: number;
}

interface Entry extends FileUpload {
  file: File | null;
  place: Left | null;
  sending: Sending | null;
}

const MOST_AT_ONCE = 3;
const GONE = ["NotFound", "UploadExpired"];
const UNFINISHED: readonly UploadState[] = ["waiting", "sending", "paused", "lost", "left"];

/** The uploads of this page: a few at once, each of which can be stopped and goes on where it was. */
export class Uploads {
  private entries: Entry[];
  private shown: readonly FileUpload[];
  private lastKey = 0;
  private readonly watchers = new Set<() => void>();
  private readonly around: Surroundings;

  constructor(around: Surroundings) {
    this.around = around;
    this.entries = around.kept().map((place) => this.entry(place, { place, state: "left" }));
    this.shown = this.entries;
  }

  get list(): readonly FileUpload[] {
    return this.shown;
  }

  watch = (onChange: () => void): (() => void) => {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  };

  /** Begin to send files; one that was begun earlier goes on. */
  add(files: Iterable<File>): void {
    for (const file of files) {
      const left = this.entries.find((entry) => entry.state === "left" && isFileOf(entry.place, file));
      if (left) this.alter(left, { file, state: "waiting" });
      else this.entries = [...this.entries, this.entry(file, { file, state: "waiting" })];
    }
    this.step();
  }

  pause(key: string): void {
    const entry = this.find(key);
    if (!entry) return;
    entry.sending?.stop();
    this.alter(entry, { state: "paused", sending: null });
    this.step();
  }

  /** Go on with one that was paused, or that failed. */
  resume(key: string): void {
    const entry = this.find(key);
    if (!entry?.file) return;
    this.alter(entry, { state: "waiting", error: null });
    this.step();
  }

  /** Take one out of the list; what the server has of it is forgotten. */
  cancel(key: string): void {
    const entry = this.find(key);
    if (!entry) return;
    entry.sending?.stop();
    if (entry.state !== "done" && entry.place) void this.around.forget(entry.place.url).catch(() => {});
    this.entries = this.entries.filter((each) => each !== entry);
    this.announce();
    this.step();
  }

  /** There is a connection again. */
  wake(): void {
    for (const entry of this.entries) if (entry.state === "lost") this.alter(entry, { state: "waiting" });
    this.step();
  }

  clearDone(): void {
    this.entries = this.entries.filter((entry) => entry.state !== "done");
    this.announce();
  }

  private step(): void {
    const isOn = (entry: Entry) => entry.state === "sending";
    while (this.entries.filter(isOn).length < MOST_AT_ONCE) {
      const next = this.entries.find((entry) => entry.state === "waiting");
      if (!next) break;
      this.alter(next, { state: "sending" });
      void this.start(next);
    }
    this.announce();
  }

  private async start(entry: Entry): Promise<void> {
    const { file } = entry;
    if (!file) return;
    try {
      entry.place ??= await this.begin(file);
      if (entry.state !== "sending") return; // stopped meanwhile
      this.announce();
      const sending = await this.around.send(file, entry.place.url, this.told(entry));
      if (entry.state === "sending") entry.sending = sending;
      else sending.stop();
    } catch (error) {
      this.fail(entry, error as CallError);
    }
  }

  private async begin(file: File): Promise<Left> {
    const { id, url } = await this.around.create(file.name, file.size, file.type || null);
    return { id, url, name: file.name, size: file.size, modified: file.lastModified };
  }

  private told(entry: Entry): Told {
    return {
      onSent: (sent) => {
        if (entry.state === "sending") this.alter(entry, { sent });
      },
      onDone: () => {
        this.alter(entry, { state: "done", sent: entry.size, sending: null });
        if (entry.place) this.around.onArrived(entry.place.id);
        this.step();
      },
      onFailed: (error) => this.fail(entry, error),
    };
  }

  private fail(entry: Entry, error: CallError): void {
    if (entry.state !== "sending") return;
    const isLost = error.name === "ConnectionLost";
    // What the server does not know any more begins anew, once.
    const isGone = GONE.includes(error.name) && entry.place !== null;
    if (isGone) entry.place = null;
    const isAgain = isGone && entry.sent > 0;
    this.alter(entry, {
      state: isLost ? "lost" : isAgain ? "waiting" : "failed",
      error: isLost || isAgain ? null : error,
      sending: null,
      sent: isGone ? 0 : entry.sent,
    });
    this.step();
  }

  private entry(file: { name: string; size: number }, facts: Partial<Entry>): Entry {
    const { name, size } = file;
    const empty = { sent: 0, error: null, file: null, place: null, sending: null };
    return { key: String(++this.lastKey), name, size, state: "waiting", ...empty, ...facts };
  }

  private find(key: string): Entry | undefined {
    return this.entries.find((entry) => entry.key === key);
  }

  private alter(entry: Entry, changes: Partial<Entry>): void {
    Object.assign(entry, changes);
    this.announce();
  }

  private announce(): void {
    this.shown = this.entries.map(({ file: _, place: __, sending: ___, ...shown }) => shown);
    const open = this.entries.filter((entry) => UNFINISHED.includes(entry.state));
    this.around.keep(open.map((entry) => entry.place).filter((place) => place !== null));
    for (const watcher of [...this.watchers]) watcher();
  }
}

function isFileOf(left: Left | null, file: File): boolean {
  return left?.name === file.name && left.size === file.size && left.modified === file.lastModified;
}
