import { connectionLost, isConnectionLost } from "./errors";

/** How a call goes out: over the socket or by HTTP. Rejects with CallError. */
export type Way = (method: string, positional: unknown[], key?: string) => Promise<unknown>;

export interface Ways {
  isLive: () => boolean;
  live: Way;
  post: Way;
  newKey: () => string;
  wait: (ms: number) => Promise<void>;
}

const READ = /^(get|list)_/;
// Each call of these carries a key of its own, so that a repeat after a lost connection has no second effect.
const KEYED = new Set(["send_message", "retry_message", "update_message"]);
const PAUSES_MS = [300, 1_000, 3_000];

/**
 * Call methods over the open socket, and by fetch while there is none.
 *
 * When the connection ends before the answer, a read is asked again and a call with a key is repeated with the
 * same key. Anything else rejects with ConnectionLost, because nobody knows whether it took effect.
 */
export class Caller {
  private readonly unsettled = new Map<string, string>();
  private readonly ways: Ways;

  constructor(ways: Ways) {
    this.ways = ways;
  }

  async call(method: string, positional: unknown[]): Promise<unknown> {
    if (!KEYED.has(method)) return this.send(method, positional);
    const what = JSON.stringify([method, positional]);
    const key = this.unsettled.get(what) ?? this.ways.newKey();
    return this.sendWithKey(what, key, method, positional);
  }

  // A reader whose call ended in ConnectionLost sends the same text again: that is the same act, so the key stays.
  private async sendWithKey(
    what: string,
    key: string,
    method: string,
    positional: unknown[],
  ): Promise<unknown> {
    this.unsettled.set(what, key);
    try {
      const value = await this.send(method, positional, key);
      this.unsettled.delete(what);
      return value;
    } catch (error) {
      if (!isConnectionLost(error)) this.unsettled.delete(what);
      throw error;
    }
  }

  private async send(method: string, positional: unknown[], key?: string): Promise<unknown> {
    try {
      return await this.once(method, positional, key);
    } catch (error) {
      if (!isConnectionLost(error) || !(key || READ.test(method))) throw error;
      return this.again(method, positional, key);
    }
  }

  private async again(method: string, positional: unknown[], key?: string): Promise<unknown> {
    for (const pause of PAUSES_MS) {
      try {
        return await this.ways.post(method, positional, key);
      } catch (error) {
        if (!isConnectionLost(error)) throw error;
        await this.ways.wait(pause);
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
