const NEAR = 24;
const BLANK = /[ \t\n\r]*/y;
const ATOM = /true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const STRING = /"([^"\\\p{Cc}]|\\(["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;

/**
 * Where a text stops being JSON: the line, from 1, and the words from there on; "" where the text just ends.
 *
 * Browsers tell the place in words of their own, and some not at all. The grammar: https://www.json.org
 */
export function brokenAt(text: string): { line: number; near: string } {
  const reader = new Reader(text);
  const place = reader.value() && reader.blank() === text.length ? text.length : reader.place;
  const line = text.slice(0, place).split("\n").length;
  const rest = text.slice(place).trimStart();
  return { line, near: (rest.split("\n")[0] ?? "").slice(0, NEAR).trim() };
}

class Reader {
  place = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  blank(): number {
    this.take(BLANK);
    return this.place;
  }

  /** Read a value; answers whether one stood there, else `place` is where it breaks. */
  value(): boolean {
    const first = this.text[this.blank()];
    if (first === "{") return this.list("}", () => this.member());
    if (first === "[") return this.list("]", () => this.value());
    return this.take(first === '"' ? STRING : ATOM);
  }

  private member(): boolean {
    this.blank();
    return this.take(STRING) && this.mark(":") && this.value();
  }

  private list(end: string, part: () => boolean): boolean {
    this.place += 1;
    if (this.mark(end)) return true;
    while (part()) {
      if (this.mark(end)) return true;
      if (!this.mark(",")) return false;
    }
    return false;
  }

  private mark(mark: string): boolean {
    if (this.text[this.blank()] !== mark) return false;
    this.place += 1;
    return true;
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.text);
    if (found) this.place = pattern.lastIndex;
    return found !== null && (found[0] !== "" || pattern === BLANK);
  }
}
