import type { ErrorBody } from "../api.generated";
import type { Envelope } from "./frames";

/** What a call rejects with: `name` is the class name on the server, as pywebview gives it. */
export class CallError extends Error {
  readonly code: string;
  readonly details: { [key: string]: unknown };

  constructor(body: ErrorBody) {
    super(body.message);
    this.name = className(body.code);
    this.code = body.code;
    this.details = body.details ?? {};
  }
}

/** What stands there now, where an error says that it is not what was to be changed. */
export function currentOf<Row>(error: unknown): Row | null {
  const isConflict = error instanceof Error && error.name === "Conflict";
  const current = isConflict ? (error as CallError).details?.current : null;
  return (current as Row | null | undefined) ?? null;
}

/** `not_found` -> `NotFound`. */
export function className(code: string): string {
  return code
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

/** The bare value of an envelope; throws CallError for an error. */
export function openEnvelope(envelope: Envelope): unknown {
  if (envelope.status === "success") return envelope.data;
  throw new CallError(envelope.error);
}

// Texts of the two errors that are made here and not on the server. The stand-in serves plugins' pages too,
// which do not load the page's translations.
const TEXTS = {
  en: {
    connection_lost: "The connection was lost before the answer came. Try again when it is back.",
    bad_answer: "The server sent something that is not an answer. Reload the page.",
  },
  "zh-CN": {
    connection_lost: "连接在收到答复之前中断了。请在恢复连接后重试。",
    bad_answer: "服务器返回了无法识别的内容。请重新加载页面。",
  },
};

export function connectionLost(): CallError {
  return new CallError({ code: "connection_lost", message: texts().connection_lost, details: {} });
}

export function badAnswer(status: number): CallError {
  return new CallError({ code: "bad_answer", message: texts().bad_answer, details: { status } });
}

export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && error.name === "ConnectionLost";
}

function texts(): (typeof TEXTS)["en"] {
  return pageLanguage() === "zh-CN" ? TEXTS["zh-CN"] : TEXTS.en;
}

/** The language the reader chose; each call names it so that errors come in it. */
export function pageLanguage(): string {
  return globalThis.document?.documentElement.lang || "en";
}
