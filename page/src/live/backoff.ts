const LEAST_MS = 250;
const MOST_MS = 10_000;

/**
 * Milliseconds to wait before connecting again: exponential with full jitter.
 *
 * The jitter spreads a thousand pages evenly after a restart of the server.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt 0 for the first try after a loss.
 * @param random a number in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(MOST_MS, LEAST_MS * 2 ** Math.min(attempt + 1, 16));
  return Math.round(LEAST_MS + (ceiling - LEAST_MS) * random);
}
