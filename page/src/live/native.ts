import { CallError, pageLanguage } from "./errors";

export type Methods = { [name: string]: (...positional: unknown[]) => Promise<unknown> };

/** What pywebview puts on the window once the page has loaded; an exception's last line is our error's body. */
interface Native {
  api: Methods;
  state: { [fact: string]: unknown };
  _createApi: (methods: unknown) => void;
}

/**
 * In the desktop window: see to it that pywebview's own object, when it comes, behaves as the stand-in does.
 *
 * It tells Python which workspace and language the page has, leaves out what was left out at the end, rejects an
 * unknown name, and its errors carry code and details in place of a traceback.
 */
export function dressNative(): void {
  let isReady = false;
  window.addEventListener("pywebviewready", () => (isReady = true), { once: true, capture: true });
  onArrival((native) => {
    const own = native.api;
    // Methods appear there one by one, and work once the channel to Python is open.
    native.api = new Proxy(own, { get: (_, name) => memberOf(native, own, name, isReady) });
  });
}

/** In the window of another program: its empty object must not take the stand-in's place, nor announce it again. */
export function keepStandIn(standIn: Methods): void {
  onArrival((native) => {
    native.api = standIn;
    silenceNextReady();
  });
}

function onArrival(dress: (native: Native) => void): void {
  let current: unknown = window.pywebview;
  let arrived: Native | undefined;
  Object.defineProperty(window, "pywebview", {
    configurable: true,
    get: () => current,
    set: (native: Native) => {
      if (arrived) return keepFirst(arrived);
      dress(native);
      current = arrived = native;
    },
  });
}

// pywebview puts its object there again whenever the page did not go where it wished to. That would forget the
// calls under way, which then never settle.
function keepFirst(first: Native): void {
  first._createApi = () => {};
  silenceNextReady();
}

function silenceNextReady(): void {
  const silence = (event: Event) => event.stopImmediatePropagation();
  window.addEventListener("pywebviewready", silence, { once: true, capture: true });
}

function memberOf(native: Native, own: Methods, name: string | symbol, isReady: boolean): unknown {
  if (typeof name === "symbol" || name === "then" || name in Object.prototype) return Reflect.get(own, name);
  const method = own[name];
  if (method && isReady) return (...given: unknown[]) => callNative(native, method, given);
  const isComing = !isReady && window.STUDIOLO.methods.includes(name);
  return isComing ? undefined : () => Promise.reject(unknownMethod(name));
}

async function callNative(native: Native, method: Methods[string], given: unknown[]): Promise<unknown> {
  tell(native, "session", window.SESSION_UUID);
  tell(native, "language", pageLanguage());
  try {
    return await method(...trim(given));
  } catch (error) {
    throw opened(error);
  }
}

// pywebview refuses, in a module, a value that is already there.
function tell(native: Native, fact: string, value: string): void {
  if (native.state[fact] !== value) native.state[fact] = value;
}

// What is left out at the end is not sent, so that the method's own default holds. In the middle it can only be
// null, which a method takes where its argument may be None.
export function trim(positional: unknown[]): unknown[] {
  const given = positional.findLastIndex((value) => value !== undefined);
  return positional.slice(0, given + 1).map((value) => value ?? null);
}

function opened(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const last = error.stack?.trimEnd().split("\n").at(-1) ?? "";
  try {
    return new CallError(JSON.parse(last));
  } catch {
    const plain = new Error(error.message);
    plain.name = error.name;
    return plain;
  }
}

function unknownMethod(name: string): CallError {
  return new CallError({ code: "unknown_method", message: `There is no method ${name}.`, details: {} });
}
