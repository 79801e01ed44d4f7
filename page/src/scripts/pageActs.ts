import type { PageAct } from "../api.generated";

const MOST = 64; // NOTE: api/engine_shapes.py takes so many at once

/** Sends a person's acts on the page in their order, those that come meanwhile together. */
export class PageActs {
  private readonly send: (acts: PageAct[]) => Promise<unknown>;
  private readonly onProblem: (error: unknown) => void;
  private waiting: PageAct[] = [];
  private isSending = false;

  constructor(send: (acts: PageAct[]) => Promise<unknown>, onProblem: (error: unknown) => void) {
    this.send = send;
    this.onProblem = onProblem;
  }

  add(act: PageAct): void {
    const last = this.waiting.at(-1);
    const joined = last && joinedOf(last, act);
    if (joined) this.waiting[this.waiting.length - 1] = joined;
    else this.waiting.push(act);
    if (!this.isSending) void this.pump();
  }

  private async pump(): Promise<void> {
    this.isSending = true;
    try {
      while (this.waiting.length > 0) await this.send(this.waiting.splice(0, MOST));
    } catch (error) {
      this.waiting = [];
      this.onProblem(error);
    } finally {
      this.isSending = false;
    }
  }
}

// Letters make words, and turns of the wheel one turn.
function joinedOf(last: PageAct, act: PageAct): PageAct | null {
  if (last.kind === "text" && act.kind === "text") return { ...last, text: `${last.text}${act.text}` };
  if (last.kind !== "wheel" || act.kind !== "wheel") return null;
  return { ...act, dx: (last.dx ?? 0) + (act.dx ?? 0), dy: (last.dy ?? 0) + (act.dy ?? 0) };
}

/** What a key does on the page: a letter is text, others have names; null for those that stay here. */
export function actOfKey(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
): PageAct | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if ([...event.key].length === 1) return { kind: "text", text: event.key };
  return KEYS.has(event.key) ? { kind: "key", text: event.key } : null;
}

// Tab and Escape stay with the reader, who must be able to leave.
const KEYS = new Set([
  "Enter",
  "Backspace",
  "Delete",
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
  "PageUp",
  "PageDown",
]);

/** A place in the drawn picture as a place in the page. */
export function pointOf(
  at: { clientX: number; clientY: number },
  box: Pick<DOMRect, "left" | "top" | "width" | "height">,
  page: { width: number; height: number },
): { x: number; y: number } {
  return {
    x: Math.round(((at.clientX - box.left) / box.width) * page.width),
    y: Math.round(((at.clientY - box.top) / box.height) * page.height),
  };
}
