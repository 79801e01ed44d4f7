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

/** The beginning of a text file; `isCut` where it goes on. Rejects with CallError. */
export async function readText(url: string, mostBytes: number): Promise<{ text: string; isCut: boolean }> {
  const response = await getRange(url, mostBytes);
  if (response.status === 416) return { text: "", isCut: false }; // an empty file has no range
  if (!response.ok) return openEnvelope(await readEnvelope(response)) as never;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const total = Number(response.headers.get("Content-Range")?.split("/")[1] ?? bytes.length);
  const text = new TextDecoder().decode(bytes.subarray(0, mostBytes), { stream: total > mostBytes });
  return { text, isCut: total > mostBytes };
}

async function getRange(url: string, mostBytes: number): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { Range: `bytes=0-${mostBytes - 1}`, "X-Language": pageLanguage() },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw connectionLost();
  }
}
