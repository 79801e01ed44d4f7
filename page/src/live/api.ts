import { type Api, METHODS } from "../api.generated";
import { callMethod } from "./live";

/**
 * The methods of the workspace, typed. One path: whatever `window.pywebview.api` holds at the moment of the call,
 * which is the stand-in in a browser and the native object in a desktop window.
 */
export const api = Object.fromEntries(METHODS.map((name) => [name, through(name)])) as unknown as Api;

function through(name: string): (...positional: unknown[]) => Promise<unknown> {
  return (...positional) => {
    // A desktop window fills its object a moment after the page has loaded.
    const native = window.pywebview?.api[name];
    return native ? native(...positional) : callMethod(name, positional);
  };
}
