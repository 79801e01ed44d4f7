import type { DetailedError } from "tus-js-client";
import { CallError, connectionLost, pageLanguage } from "../live/errors";

/** Bytes on their way to an upload's address. */
export interface Sending {
  /** Stop where it is; the server keeps what it has. */
  stop: () => void;
}

export interface Told {
  onSent: (bytes: number) => void;
  onDone: () => void;
  /** It does not go on by itself; a lost connection is ConnectionLost, an upload that is not there any more NotFound. */
  onFailed: (error: CallError) => void;
}

const PART_BYTES = 32 * 2 ** 20;
const RETRY_MS = [200, 1_000, 3_000];

/** Send a file to its address by the tus protocol, from where the server has it on. https://tus.io/protocols/resumable-upload */
export async function send(file: Blob, url: string, told: Told): Promise<Sending> {
  const { Upload } = await import("tus-js-client");
  const upload = new Upload(file as File, {
    uploadUrl: url,
    headers: headers(),
    chunkSize: PART_BYTES,
    retryDelays: RETRY_MS,
    storeFingerprintForResuming: false,
    onShouldRetry: (error) => isPassing(statusOf(error)),
    onProgress: (sent) => told.onSent(sent),
    onSuccess: () => told.onDone(),
    onError: (error) => told.onFailed(errorOf(error)),
  });
  upload.start();
  return { stop: () => void upload.abort() };
}

/** Let the server forget an upload that was begun. */
export async function forgetUpload(url: string): Promise<void> {
  const { Upload } = await import("tus-js-client");
  await Upload.terminate(url, { headers: headers(), retryDelays: [] });
}

function headers(): Record<string, string> {
  return { "X-Session-UUID": window.SESSION_UUID, "X-Language": pageLanguage() };
}

// 423: a connection that was lost may hold the upload for a moment. 507 is a full disk.
function isPassing(status: number): boolean {
  return status === 0 || status === 409 || status === 423 || (status >= 500 && status !== 507);
}

function statusOf(error: Error | DetailedError): number {
  return ("originalResponse" in error && error.originalResponse?.getStatus()) || 0;
}

/** What the server said, or what its status says where it had no body. */
export function errorOf(error: Error | DetailedError): CallError {
  const status = statusOf(error);
  if (status === 0 || (status >= 502 && status <= 504)) return connectionLost();
  const body = "originalResponse" in error ? (error.originalResponse?.getBody() ?? "") : "";
  try {
    return new CallError(JSON.parse(body).error);
  } catch {
    const code = status === 404 || status === 410 ? "not_found" : "unknown";
    return new CallError({ code, message: "", details: { status } });
  }
}
