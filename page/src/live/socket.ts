import type { ErrorBody } from "../api.generated";
import { backoffMs } from "./backoff";
import { connectionLost, openEnvelope, pageLanguage } from "./errors";
import { type AnswerFrame, type ClientFrame, parseFrame, type ServerFrame, type StreamEvent } from "./frames";
import { Streams } from "./streams";

/** `refused`: the server does not know this workspace, or this browser may not open it. */
export type Connection = "connecting" | "connected" | "reconnecting" | "offline" | "refused";

/** The parts of the browser that a socket needs; tests give their own. */
export interface Surroundings {
  url: string;
  connect: (url: string) => WebSocket;
  random: () => number;
  isOnline: () => boolean;
}

interface PendingCall {
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

const HEARTBEAT_MS = 15_000;
const PROBE_MS = 3_000;
const OPEN = 1;
const NO_COOKIE = 4401;
const NO_SESSION = 4404;

/**
 * The one live connection of a page: calls, streams, heartbeats both ways.
 *
 * It connects by itself, again and again, until `close`. A call in flight when the connection ends rejects with
 * ConnectionLost; streams go on after the last number seen.
 */
export class LiveSocket {
  private readonly streams = new Streams((frame) => this.send(frame));
  private readonly calls = new Map<number, PendingCall>();
  private readonly watchers = new Set<() => void>();
  private readonly around: Surroundings;
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private heart: ReturnType<typeof setInterval> | undefined;
  private heartbeatMs = HEARTBEAT_MS;
  private heardAt = 0;
  private attempt = 0;
  private lastCall = 0;
  private lastPing = 0;
  private current: Connection = "connecting";

  constructor(around: Surroundings) {
    this.around = around;
  }

  get connection(): Connection {
    return this.current;
  }

  /** Hear of each change of `connection`. Returns the function that ends it. */
  watch(onChange: () => void): () => void {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  }

  open(): void {
    if (this.socket) return;
    clearTimeout(this.timer);
    const socket = this.around.connect(this.around.url);
    this.socket = socket;
    socket.onmessage = (message) => this.receive(parseFrame(message.data));
    socket.onclose = (event) => this.lose(socket, event.code);
    this.timer = setTimeout(() => this.drop(), PROBE_MS * 2);
  }

  close(): void {
    this.watchers.clear();
    const socket = this.detach();
    clearTimeout(this.timer);
    socket?.close();
  }

  /** Connect now rather than when the wait is over; an open connection is asked for a sign of life. */
  wake(): void {
    if (this.current === "refused") return;
    if (!this.socket) this.open();
    else if (this.current === "connected") this.probe();
  }

  /** Call a method. Only while `connection` is "connected"; rejects with CallError. */
  call(method: string, positional: unknown[], key?: string): Promise<unknown> {
    if (this.current !== "connected") return Promise.reject(connectionLost());
    return new Promise((resolve, reject) => {
      const call = ++this.lastCall;
      this.calls.set(call, { resolve, reject });
      const frame = { call, method, arguments: positional, language: pageLanguage() };
      this.send(key ? { ...frame, key } : frame);
    });
  }

  /**
   * Read a stream ("session", or a task's id) after a number, through any number of connections.
   *
   * @returns the function that ends the reading.
   */
  subscribe(
    stream: string,
    after: number,
    onEvents: (events: StreamEvent[]) => void,
    onGap: (upTo: number) => void,
    onRefused: (error: ErrorBody) => void = () => {},
  ): () => void {
    return this.streams.add(stream, after, { onEvents, onGap, onRefused });
  }

  private receive(frame: ServerFrame | null): void {
    this.heardAt = Date.now();
    if (!frame) return;
    if ("hello" in frame) this.greet(frame.hello.heartbeat_s);
    else if ("answer" in frame) this.settle(frame);
    else if ("ping" in frame) this.send({ pong: frame.ping });
    else if (!("pong" in frame)) this.streams.receive(frame);
  }

  private greet(heartbeat_s: number): void {
    clearTimeout(this.timer);
    this.attempt = 0;
    this.heartbeatMs = heartbeat_s * 1000;
    this.heart = setInterval(() => this.beat(), this.heartbeatMs);
    // The streams first: a watcher may add one, which would then be asked for twice.
    this.current = "connected";
    this.streams.resume();
    this.announce();
  }

  private settle(frame: AnswerFrame): void {
    const pending = this.calls.get(frame.answer);
    this.calls.delete(frame.answer);
    try {
      pending?.resolve(openEnvelope(frame));
    } catch (error) {
      pending?.reject(error);
    }
  }

  private beat(): void {
    if (Date.now() - this.heardAt >= this.heartbeatMs * 2) this.drop();
    else this.send({ ping: ++this.lastPing });
  }

  private probe(): void {
    const asked = Date.now();
    this.send({ ping: ++this.lastPing });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.heardAt < asked) this.drop();
    }, PROBE_MS);
  }

  // A dead connection may take minutes to close by itself: leave it and go on as if it had closed.
  private drop(): void {
    const socket = this.socket;
    if (!socket) return;
    this.lose(socket, 0);
    socket.close();
  }

  private lose(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.detach();
    if (code === NO_COOKIE || code === NO_SESSION) {
      this.become("refused");
      return;
    }
    this.become(this.around.isOnline() ? "reconnecting" : "offline");
    this.timer = setTimeout(() => this.open(), backoffMs(this.attempt++, this.around.random()));
  }

  private detach(): WebSocket | null {
    const socket = this.socket;
    this.socket = null;
    clearInterval(this.heart);
    clearTimeout(this.timer);
    const lost = [...this.calls.values()];
    this.calls.clear();
    for (const pending of lost) pending.reject(connectionLost());
    return socket;
  }

  private send(frame: ClientFrame): void {
    if (this.current !== "connected" || this.socket?.readyState !== OPEN) return;
    this.socket.send(JSON.stringify(frame));
  }

  private become(connection: Connection): void {
    if (connection === this.current) return;
    this.current = connection;
    this.announce();
  }

  private announce(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

/** @param page names this page, so that the server knows which one said goodbye. */
export function browser(page: string): Surroundings {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return {
    url: `${scheme}//${location.host}/live?session=${encodeURIComponent(window.SESSION_UUID)}&page=${page}`,
    connect: (url) => new WebSocket(url),
    random: Math.random,
    isOnline: () => navigator.onLine,
  };
}

/** Wake the socket when the network or the reader comes back. */
export function wakeWithBrowser(socket: LiveSocket): void {
  for (const change of ["online", "offline"]) window.addEventListener(change, () => socket.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") socket.wake();
  });
}
