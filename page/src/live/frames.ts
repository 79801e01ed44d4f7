import type { ErrorBody } from "../api.generated";

/** One numbered entry of a stream. Numbers start at 1 and only grow. */
export interface StreamEvent {
  number: number;
  kind: string;
  at: string;
  data: { [key: string]: unknown };
}

export interface CallFrame {
  call: number;
  method: string;
  arguments: unknown[];
  key?: string;
  language: string;
}

export type ClientFrame =
  | CallFrame
  | { subscribe: string; after: number }
  | { unsubscribe: string }
  | { ping: number }
  | { pong: number };

export type AnswerFrame = { answer: number } & Envelope;

export type Envelope =
  | { status: "success"; data: unknown; message?: string }
  | { status: "error"; error: ErrorBody };

export type ServerFrame =
  | { hello: { heartbeat_s: number; version: string } }
  | AnswerFrame
  | { subscribed: string; last: number }
  | { refused: string; error: ErrorBody }
  | { stream: string; gap?: number; events?: StreamEvent[] }
  | { ping: number }
  | { pong: number };

/** The frame of a text message, or null for anything that is not one of ours. */
export function parseFrame(text: unknown): ServerFrame | null {
  if (typeof text !== "string") return null;
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === "object" && frame !== null ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}
