export interface Notice {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

let notices: readonly Notice[] = [];
let lastId = 0;
const watchers = new Set<() => void>();

const MOST = 3;

/** Show a line at the bottom of the page for a while, with one thing to do about it if there is one. */
export function notify(text: string, action?: Notice["action"]): void {
  const notice: Notice = action ? { id: ++lastId, text, action } : { id: ++lastId, text };
  replace([...notices, notice].slice(-MOST));
}

export function dismiss(id: number): void {
  replace(notices.filter((notice) => notice.id !== id));
}

export function currentNotices(): readonly Notice[] {
  return notices;
}

export function watchNotices(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => watchers.delete(onChange);
}

function replace(next: readonly Notice[]): void {
  notices = next;
  for (const watcher of watchers) watcher();
}
