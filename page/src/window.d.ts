interface Window {
  /** The workspace this page shows. Set by templates/index.html. */
  SESSION_UUID: string;
  /** `isWindow`: pywebview's own object is coming. */
  STUDIOLO: { methods: string[]; version: string; isWindow?: boolean };
  pywebview?: { api: { [name: string]: (...positional: unknown[]) => Promise<unknown> } };
}
