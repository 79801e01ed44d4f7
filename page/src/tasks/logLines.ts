import type { StreamEvent } from "../live/frames";
import { wordsOf } from "./asked";

/** A piece of a log, in the order of the events: words, or something that happened. */
export interface Piece {
  key: number;
  kind: "text" | "thinking" | "state" | "asked" | "answer" | "event";
  /** When it happened; of words when they began. */
  at: string;
  text: string;
}

export interface LogState {
  pieces: readonly Piece[];
  /** Something from the beginning is not shown: it is too much, or not kept any more. */
  isCut: boolean;
  isEnded: boolean;
}

type Said = Pick<StreamEvent, "kind" | "at" | "data">;
type Kept = Pick<StreamEvent, "kind" | "data"> & { at_ms: number };

const MOST_PIECES = 1_000;
const MOST_LETTERS = 300_000;
const PIECE_LETTERS = 4_000; // words are cut into pieces so that those that are whole are never drawn again
const UNSHOWN = new Set(["progress", "usage"]);

/** The last part of a task's log, however much it says. */
export class LogLines {
  private pieces: Piece[] = [];
  private numLetters = 0;
  private lastKey = 0;
  private isCut: boolean;
  private isEnded = false;

  constructor(isCut: boolean) {
    this.isCut = isCut;
  }

  get state(): LogState {
    return { pieces: [...this.pieces], isCut: this.isCut, isEnded: this.isEnded };
  }

  take(events: readonly StreamEvent[]): void {
    for (const event of events) this.add(event);
    this.bound();
  }

  /** Events up to some number are gone. */
  cut(): void {
    this.isCut = true;
  }

  private add({ kind, at, data }: Said): void {
    if (UNSHOWN.has(kind)) return;
    if (kind === "snapshot") this.begin(data.events as Kept[]);
    else this.put(kind, at, data);
  }

  // What a snapshot says stands for all that was told before it.
  private begin(events: readonly Kept[]): void {
    this.pieces = [];
    this.numLetters = 0;
    this.isCut = events.some(({ data }) => Boolean(data.skipped));
    for (const { kind, data, at_ms } of events) this.add({ kind, data, at: new Date(at_ms).toISOString() });
  }

  private put(kind: string, at: string, data: StreamEvent["data"]): void {
    if (kind === "end") this.isEnded = true;
    if (kind === "text" || kind === "thinking")
      this.say(kind, at, typeof data.text === "string" ? data.text : "");
    else if (kind === "state" && data.question) this.push("asked", at, questionOf(data.question));
    else if (kind === "state" || kind === "end") this.push("state", at, String(data.state));
    else if (kind === "answer") this.push("answer", at, written(data.answer));
    else this.push("event", at, eventOf(kind, data));
  }

  private say(kind: "text" | "thinking", at: string, text: string): void {
    for (let rest = text; rest; ) {
      const last = this.pieces.at(-1);
      const room = last?.kind === kind ? PIECE_LETTERS - last.text.length : 0;
      if (last && room > 0) this.replaceLast({ ...last, text: last.text + rest.slice(0, room) });
      else this.push(kind, at, rest.slice(0, PIECE_LETTERS));
      rest = rest.slice(room > 0 ? room : PIECE_LETTERS);
    }
  }

  private push(kind: Piece["kind"], at: string, text: string): void {
    const bounded = text.slice(0, PIECE_LETTERS);
    this.pieces.push({ key: ++this.lastKey, kind, at, text: bounded });
    this.numLetters += bounded.length;
  }

  private replaceLast(piece: Piece): void {
    this.numLetters += piece.text.length - (this.pieces.at(-1)?.text.length ?? 0);
    this.pieces[this.pieces.length - 1] = piece;
  }

  private bound(): void {
    let num = 0;
    while (this.pieces.length - num > MOST_PIECES || this.numLetters > MOST_LETTERS) {
      this.numLetters -= this.pieces[num++]?.text.length ?? 0;
    }
    if (num === 0) return;
    this.pieces.splice(0, num);
    this.isCut = true;
  }
}

// NOTE: what api/page_acts.py tells of a page script; whatever else is shown as it is.
function eventOf(kind: string, data: StreamEvent["data"]): string {
  if (kind === "console") return `${data.level === "info" ? "" : `${data.level}: `}${data.text}`;
  if (kind === "result") return `= ${JSON.stringify(data.value)}`;
  if (kind === "picture") return String(data.media_type);
  return `${kind} ${JSON.stringify(data)}`;
}

function questionOf(question: unknown): string {
  const { name, ...facts } = question as { name: string; [fact: string]: unknown };
  return wordsOf({ name, facts });
}

function written(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
