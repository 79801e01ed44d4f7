import { badAnswer, connectionLost, openEnvelope, pageLanguage } from "./errors";
import type { Envelope } from "./frames";

const PATIENCE_MS = 60_000;

/** Call a method by HTTP. Rejects with CallError; a request that gets no answer is ConnectionLost. */
export async function postCall(method: string, positional: unknown[], key?: string): Promise<unknown> {
  const response = await post(method, positional, key);
  return openEnvelope(await readEnvelope(response));
}

async function post(method: string, positional: unknown[], key?: string): Promise<Response> {
  try {
    return await fetch(`/api/${method}`, {
      method: "POST",
      headers: headers(key),
      body: JSON.stringify(positional),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw connectionLost();
  }
}

function headers(key?: string): Record<string, string> {
  return {
    "Content-Type": "application/json",
    "X-Session-UUID": window.SESSION_UUID,
    "X-Language": pageLanguage(),
    ...(key ? { "Idempotency-Key": key } : {}),
  };
}

async function readEnvelope(response: Response): Promise<Envelope> {
  const body: unknown = await response.json().catch(() => null);
  if (isEnvelope(body)) return body;
  // A proxy in front of a server that is down answers 502 to 504 with a page of its own.
  throw response.status >= 502 && response.status <= 504 ? connectionLost() : badAnswer(response.status);
}

function isEnvelope(body: unknown): body is Envelope {
  return typeof body === "object" && body !== null && "status" in body;
}
