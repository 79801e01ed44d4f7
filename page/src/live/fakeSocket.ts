import type { ClientFrame, ServerFrame } from "./frames";
import { LiveSocket } from "./socket";

/** A WebSocket whose other end is the test. */
export class FakeSocket {
  readyState = 0;
  sent: ClientFrame[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  /** The server's first frame. */
  greet(heartbeat_s = 15): void {
    this.readyState = 1;
    this.tell({ hello: { heartbeat_s, version: "test" } });
  }

  tell(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The connection ends, as the server or the network ends it. */
  end(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** A LiveSocket with the sockets it opened, the newest last. */
export class Bench {
  readonly sockets: FakeSocket[] = [];
  isOnline = true;
  random = 0;
  readonly live = new LiveSocket({
    url: "ws://test/live",
    connect: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    random: () => this.random,
    isOnline: () => this.isOnline,
  });

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("nothing was opened");
    return last;
  }

  /** Open and greet. */
  connect(): FakeSocket {
    this.live.open();
    this.socket.greet();
    return this.socket;
  }
}

export function events(
  ...numbers: number[]
): { number: number; kind: string; at: string; data: { text: string } }[] {
  return numbers.map((number) => ({ number, kind: "text", at: "", data: { text: `${number}` } }));
}
