interface Window {
  /** The workspace this page shows. Set by templates/index.html. */
  SESSION_UUID: string;
  STUDIOLO: { methods: string[]; version: string };
  pywebview?: { api: { [name: string]: (...positional: unknown[]) => Promise<unknown> } };
}
