import { connectionLost, isConnectionLost } from "./errors";

/** How a call goes out: over the socket or by HTTP. Rejects with CallError. */
export type Way = (method: string, positional: unknown[], key?: string) => Promise<unknown>;

export interface Ways {
  isLive: () => boolean;
  live: Way;
  post: Way;
  newKey: () => string;
  wait: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  now: () => number;
}

const READ = /^(get|list)_/;
// Each call of these carries a key of its own, so that a repeat after a lost connection has no second effect.
const KEYED = /^(answer|create|delete|generate|replace|restore|retry|run|send|start|update)_/;
// Written at every pause in typing, and harmless to lose: a key would double what such a call costs.
const UNKEYED = new Set(["update_session_data", "update_session"]);
const PAUSES_MS = [0, 300, 1_000, 3_000];
const KEY_MS = 600_000; // the same words sent later than this are a new question

/**
 * Call methods over the open socket, and by fetch while there is none.
 *
 * When the connection ends before the answer, a read is asked again and a call with a key is repeated with the
 * same key. Anything else rejects with ConnectionLost, because nobody knows whether it took effect.
 */
export class Caller {
  private readonly unsettled = new Map<string, { key: string; since: number }>();
  private readonly ways: Ways;

  constructor(ways: Ways) {
    this.ways = ways;
  }

  async call(method: string, positional: unknown[]): Promise<unknown> {
    const given = ownKey(positional);
    if (given) return this.send(method, positional.slice(0, -1), given);
    if (!KEYED.test(method) || UNKEYED.has(method)) return this.send(method, positional);
    const what = JSON.stringify([method, positional]);
    const key = this.unsettledKey(what) ?? this.ways.newKey();
    return this.sendWithKey(what, key, method, positional);
  }

  // A reader whose call ended in ConnectionLost sends the same text again: that is the same act, so the key stays.
  private async sendWithKey(
    what: string,
    key: string,
    method: string,
    positional: unknown[],
  ): Promise<unknown> {
    this.unsettled.set(what, { key, since: this.ways.now() });
    try {
      const value = await this.send(method, positional, key);
      this.unsettled.delete(what);
      return value;
    } catch (error) {
      if (!isConnectionLost(error)) this.unsettled.delete(what);
      throw error;
    }
  }

  private unsettledKey(what: string): string | undefined {
    for (const [sent, { since }] of this.unsettled)
      if (this.ways.now() - since > KEY_MS) this.unsettled.delete(sent);
    return this.unsettled.get(what)?.key;
  }

  private async send(method: string, positional: unknown[], key?: string): Promise<unknown> {
    try {
      return await this.once(method, positional, key);
    } catch (error) {
      if (!isUnanswered(error) || !(key || READ.test(method))) throw error;
      return this.again(method, positional, key);
    }
  }

  private async again(method: string, positional: unknown[], key?: string): Promise<unknown> {
    for (const pause of PAUSES_MS) {
      if (pause > 0) await this.ways.wait(pause);
      try {
        return await this.ways.post(method, positional, key);
      } catch (error) {
        if (!isUnanswered(error)) throw error;
      }
    }
    throw connectionLost();
  }

  private once(method: string, positional: unknown[], key?: string): Promise<unknown> {
    return this.ways.isLive()
      ? this.ways.live(method, positional, key)
      : this.ways.post(method, positional, key);
  }
}

// A page may give a call a key of its own, by a last argument that is nothing else; in the window Python reads it.
function ownKey(positional: unknown[]): string | undefined {
  const last = positional.at(-1);
  if (typeof last !== "object" || last === null || Object.keys(last).length !== 1) return undefined;
  const key: unknown = Reflect.get(last, "$idempotency_key");
  return typeof key === "string" ? key : undefined;
}

// The first sending of a call may still be under way when its repeat arrives.
function isUnanswered(error: unknown): boolean {
  return isConnectionLost(error) || (error instanceof Error && error.name === "StillRunning");
}
