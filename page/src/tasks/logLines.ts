import type { StreamEvent } from "../live/frames";
import { isOwnPicture } from "../ui/address";
import { wordsOf } from "./asked";

/** A piece of a log, in the order of the events: words, or something that happened. */
export interface Piece {
  key: number;
  kind: "text" | "thinking" | "state" | "asked" | "answer" | "event" | "line" | "result" | "picture";
  /** When it happened; of words when they began. */
  at: string;
  /** Of a picture its address, which carries it whole. */
  text: string;
  /** Of a line of the console: `error`, `warn`, `info`. */
  level?: string;
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
const RESULT_LETTERS = 100_000;
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
    else this.putOfPage(kind, at, data);
  }

  // NOTE: what api/page_acts.py tells of a page script; whatever else is shown as it is.
  private putOfPage(kind: string, at: string, data: StreamEvent["data"]): void {
    if (kind === "console") this.push("line", at, lineOf(data), String(data.level));
    else if (kind === "result") this.push("result", at, JSON.stringify(data.value, null, 2) ?? "null");
    else if (kind === "picture") this.show(at, `data:${data.media_type};base64,${data.data}`);
    else this.push("event", at, `${kind} ${JSON.stringify(data)}`);
  }

  // Pictures are large, and the newest says what the page looks like.
  private show(at: string, address: string): void {
    this.pieces = this.pieces.filter((piece) => piece.kind !== "picture");
    if (isOwnPicture(address)) this.pieces.push({ key: ++this.lastKey, kind: "picture", at, text: address });
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

  private push(kind: Piece["kind"], at: string, text: string, level?: string): void {
    const most = kind === "result" ? RESULT_LETTERS : PIECE_LETTERS;
    const bounded = text.length > most ? `${text.slice(0, most - 1)}…` : text;
    this.pieces.push({ key: ++this.lastKey, kind, at, text: bounded, ...(level ? { level } : {}) });
    this.numLetters += bounded.length;
  }

  private replaceLast(piece: Piece): void {
    this.numLetters += piece.text.length - (this.pieces.at(-1)?.text.length ?? 0);
    this.pieces[this.pieces.length - 1] = piece;
  }

  private bound(): void {
    let num = 0;
    while (this.pieces.length - num > MOST_PIECES || this.numLetters > MOST_LETTERS) {
      const oldest = this.pieces[num++];
      this.numLetters -= oldest && oldest.kind !== "picture" ? oldest.text.length : 0;
    }
    if (num === 0) return;
    this.pieces.splice(0, num);
    this.isCut = true;
  }
}

function lineOf({ text, is_cut }: StreamEvent["data"]): string {
  return is_cut ? `${text}…` : String(text);
}

function questionOf(question: unknown): string {
  const { name, ...facts } = question as { name: string; [fact: string]: unknown };
  return wordsOf({ name, facts });
}

function written(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
