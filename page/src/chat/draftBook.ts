import type { SessionData } from "../api.generated";

type Patch = { [key: string]: string | null };

/** What drafts need of the page; tests give their own. */
export interface Keeping {
  /** Where each keystroke is kept at once; null where the browser keeps nothing. */
  place: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null;
  read: () => Promise<SessionData>;
  save: (patch: Patch) => Promise<SessionData>;
}

interface Draft {
  text: string;
  /** A question on its way: kept until the server has it, shown again when it did not get there. */
  held: string;
}

const PAUSE_MS = 800;
const EMPTY: Draft = { text: "", held: "" };

/**
 * What was typed and not sent, one text a conversation: in the browser at each keystroke, in the session's data a
 * moment later, so that it follows to another device.
 *
 * Nothing is written to the session unless something was typed here. Where both changed, what was typed last in
 * this tab wins.
 */
export class Drafts {
  private readonly keeping: Keeping;
  private readonly drafts = new Map<string, Draft>();
  private readonly dirty = new Set<string>();
  /** Texts of which the browser knew nothing when they were first asked for: the session's data may. */
  private readonly blind = new Set<string>();
  private readonly watchers = new Set<() => void>();
  private saved: { [key: string]: string } = {};
  private version = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving = false;

  constructor(keeping: Keeping) {
    this.keeping = keeping;
  }

  watch = (onChange: () => void): (() => void) => {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  };

  /** What stands in the message field. */
  text(key: string): string {
    return this.draft(key).text;
  }

  type(key: string, text: string): void {
    this.change(key, { ...this.draft(key), text });
  }

  /** A text goes out: it leaves the field, if it stood there, and is kept until `release`. */
  hold(key: string, sent: string): void {
    const { text } = this.draft(key);
    this.change(key, { text: text === sent ? "" : text, held: sent });
  }

  /** What was held has arrived, or has not and comes back into the field. */
  release(key: string, arrived: boolean): void {
    const { text, held } = this.draft(key);
    this.change(key, { held: "", text: arrived ? text : joined(held, text) });
  }

  /** Take what the session's data hold, for conversations nobody is typing in here. */
  async refresh(): Promise<void> {
    const found = await this.keeping.read();
    if (found.version < this.version) return;
    const isFirst = this.version < 0;
    this.version = found.version;
    this.saved = textsOf(found.data.drafts);
    for (const key of new Set([...Object.keys(this.saved), ...this.drafts.keys()])) this.learn(key, isFirst);
    this.announce();
  }

  /** Whether a version of the session's data is already known: this tab wrote it itself. */
  knows(version: unknown): boolean {
    return typeof version === "number" && version <= this.version;
  }

  /** Save now what is not saved yet. */
  flush(): void {
    if (this.dirty.size > 0) void this.save();
  }

  private learn(key: string, isFirst: boolean): void {
    const text = this.saved[key] ?? "";
    const known = this.draft(key);
    if (!this.dirty.has(key) && !known.held) {
      this.drafts.set(key, { text, held: "" });
      this.keep(key, text, true);
    } else if (isFirst && this.blind.has(key) && !known.text.startsWith(text)) {
      this.change(key, { ...known, text: joined(text, known.text) });
    }
  }

  private draft(key: string): Draft {
    const known = this.drafts.get(key);
    if (known) return known;
    const local = this.local(key);
    const draft = local ? { text: local.text, held: "" } : EMPTY;
    this.drafts.set(key, draft);
    if (!local) this.blind.add(key);
    else if (!local.saved) this.plan(key);
    return draft;
  }

  private change(key: string, draft: Draft): void {
    this.drafts.set(key, draft);
    this.keep(key, kept(draft), false);
    this.plan(key);
    this.announce();
  }

  private plan(key: string): void {
    this.dirty.add(key);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), PAUSE_MS);
  }

  private async save(): Promise<void> {
    if (this.saving) return;
    const texts = new Map([...this.dirty].map((key) => [key, kept(this.draft(key))]));
    this.saving = true;
    try {
      await this.saveChanged(texts);
      for (const [key, text] of texts) this.settle(key, text);
    } catch {
      // The texts stay in the browser and go out with the next change or the next visit.
    } finally {
      this.saving = false;
    }
    if ([...this.dirty].some((key) => texts.get(key) !== kept(this.draft(key)))) await this.save();
  }

  private async saveChanged(texts: Map<string, string>): Promise<void> {
    const changed = [...texts].filter(([key, text]) => text !== (this.saved[key] ?? ""));
    if (changed.length === 0) return;
    const found = await this.keeping.save(
      Object.fromEntries(changed.map(([key, text]) => [key, text || null])),
    );
    this.version = Math.max(this.version, found.version);
    this.saved = textsOf(found.data.drafts);
  }

  private settle(key: string, text: string): void {
    if (kept(this.draft(key)) !== text) return;
    this.dirty.delete(key);
    this.keep(key, text, true);
  }

  private keep(key: string, text: string, saved: boolean): void {
    try {
      if (text || !saved) this.keeping.place?.setItem(placeOf(key), JSON.stringify({ text, saved }));
      else this.keeping.place?.removeItem(placeOf(key));
    } catch {
      // The browser's place is full: the session's data still get the text.
    }
  }

  private local(key: string): { text: string; saved: boolean } | null {
    try {
      const found: unknown = JSON.parse(this.keeping.place?.getItem(placeOf(key)) ?? "null");
      return isLocal(found) ? found : null;
    } catch {
      return null;
    }
  }

  private announce(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

function kept(draft: Draft): string {
  return joined(draft.held, draft.text);
}

function joined(first: string, second: string): string {
  return first && second ? `${first}\n\n${second}` : first || second;
}

function placeOf(key: string): string {
  return `studiolo:draft:${globalThis.window?.SESSION_UUID ?? ""}:${key}`;
}

function textsOf(value: unknown): { [key: string]: string } {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === "string"));
}

function isLocal(value: unknown): value is { text: string; saved: boolean } {
  return (
    typeof value === "object" &&
    value !== null &&
    "text" in value &&
    typeof value.text === "string" &&
    "saved" in value
  );
}
