import type { ErrorBody } from "../api.generated";
import type { ClientFrame, ServerFrame, StreamEvent } from "./frames";

export interface Reader {
  /** Events with growing numbers, each once. */
  onEvents: (events: StreamEvent[]) => void;
  /** Numbers up to this one are gone: read the state again by calls. */
  onGap: (upTo: number) => void;
  onRefused?: (error: ErrorBody) => void;
}

interface Place extends Reader {
  last: number;
}

interface Stream {
  places: Set<Place>;
  acknowledged: boolean;
}

type StreamFrame = Extract<ServerFrame, { stream: string } | { subscribed: string } | { refused: string }>;

/** Who reads which stream and up to which number. Sends nothing itself: frames go out by `send`. */
export class Streams {
  private readonly streams = new Map<string, Stream>();
  private readonly send: (frame: ClientFrame) => void;

  constructor(send: (frame: ClientFrame) => void) {
    this.send = send;
  }

  /** Read a stream after a number. Returns the function that ends the reading. */
  add(name: string, after: number, reader: Reader): () => void {
    const stream = this.streams.get(name);
    const place: Place = { ...reader, last: after };
    if (!stream) this.open(name, place);
    else this.join(name, stream, place);
    return () => this.remove(name, place);
  }

  /** Ask for every stream again, after the last number seen: the connection is new. */
  resume(): void {
    for (const [name, stream] of this.streams) this.ask(name, stream);
  }

  receive(frame: StreamFrame): void {
    if ("subscribed" in frame) this.acknowledge(frame.subscribed);
    else if ("refused" in frame) this.refuse(frame.refused, frame.error);
    else {
      if (frame.gap !== undefined) this.skip(frame.stream, frame.gap);
      this.deliver(frame.stream, frame.events ?? []);
    }
  }

  private open(name: string, place: Place): void {
    const stream = { places: new Set([place]), acknowledged: false };
    this.streams.set(name, stream);
    this.ask(name, stream);
  }

  private join(name: string, stream: Stream, place: Place): void {
    const reached = lowest(stream);
    stream.places.add(place);
    if (place.last >= reached) return;
    this.send({ unsubscribe: name });
    this.ask(name, stream);
  }

  private remove(name: string, place: Place): void {
    const stream = this.streams.get(name);
    if (!stream?.places.delete(place) || stream.places.size > 0) return;
    this.streams.delete(name);
    this.send({ unsubscribe: name });
  }

  private ask(name: string, stream: Stream): void {
    stream.acknowledged = false;
    this.send({ subscribe: name, after: lowest(stream) });
  }

  private acknowledge(name: string): void {
    const stream = this.streams.get(name);
    if (stream) stream.acknowledged = true;
  }

  private refuse(name: string, error: ErrorBody): void {
    const stream = this.streams.get(name);
    this.streams.delete(name);
    for (const place of stream?.places ?? []) place.onRefused?.(error);
  }

  private skip(name: string, upTo: number): void {
    for (const place of this.streams.get(name)?.places ?? []) {
      if (place.last >= upTo) continue;
      place.last = upTo;
      place.onGap(upTo);
    }
  }

  private deliver(name: string, events: StreamEvent[]): void {
    const stream = this.streams.get(name);
    for (const place of stream?.places ?? []) {
      const fresh = unseen(place, events, stream?.acknowledged ?? false);
      if (fresh.length > 0) place.onEvents(fresh);
    }
  }
}

function lowest(stream: Stream): number {
  return Math.min(...[...stream.places].map((place) => place.last));
}

/**
 * The events a reader has not had, in order; moves its place.
 *
 * Until the server acknowledges a subscription, frames of the one before it may still arrive: such an event is
 * taken only when it is the very next, else the reader would skip what lies between.
 */
function unseen(place: Place, events: StreamEvent[], acknowledged: boolean): StreamEvent[] {
  return events.filter((event) => {
    const isNext = event.number === place.last + 1;
    if (!isNext && (!acknowledged || event.number <= place.last)) return false;
    place.last = event.number;
    return true;
  });
}
