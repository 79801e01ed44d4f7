// What Chromium, Firefox, Safari and Vite say when a part of the page cannot be fetched.
const UNLOADED =
  /dynamically imported module|importing a module script failed|unable to preload CSS|disallowed MIME type/i;

/**
 * Whether an area failed because its file did not come, rather than while it ran.
 *
 * After an update of the server, a page that was open before asks for files that are not there any more.
 */
export function isUnloaded(error: unknown): boolean {
  return error instanceof Error && UNLOADED.test(error.message);
}
