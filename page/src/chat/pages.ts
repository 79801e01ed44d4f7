import type { Conversation, ConversationPage, Message } from "../api.generated";

/**
 * What is known of a conversation after its newest page was read again: earlier messages stay where the page joins
 * them, and a message that did not change stays the same object.
 */
export function merged(known: ConversationPage | undefined, fresh: ConversationPage): ConversationPage {
  if (!known) return fresh;
  const old = new Map(known.messages.map((message) => [message.id, message]));
  const newest = fresh.messages.map((message) => further(old.get(message.id), message));
  const [first] = newest;
  // Messages lead to each other: what stood before this one stands before it still.
  if (!first || fresh.next === null || !old.has(first.id)) return { ...fresh, messages: newest };
  const earlier = known.messages.filter((message) => message.number < first.number);
  const next = earlier.length > 0 ? known.next : fresh.next;
  return { conversation: fresh.conversation, messages: [...earlier, ...newest], next };
}

/** With the page before the first known message put in front; unchanged where that is not the page's place. */
export function withEarlier(
  known: ConversationPage,
  before: number,
  page: ConversationPage,
): ConversationPage {
  if (known.next !== before) return known;
  return { ...known, messages: [...page.messages, ...known.messages], next: page.next };
}

/** With one message replaced, and all others as they are. */
export function patched(known: ConversationPage, changed: Message): ConversationPage {
  const messages = known.messages.map((message) =>
    message.id === changed.id ? further(message, changed) : message,
  );
  return { ...known, messages };
}

/** With messages that are known to come, before they are read; those from number `from` on are gone. */
export function withComing(
  known: ConversationPage | undefined,
  id: string,
  coming: Message[],
  from = Number.POSITIVE_INFINITY,
): ConversationPage {
  const page = known ?? { conversation: unread(id, coming.length), messages: [], next: null };
  const ids = new Set(page.messages.map((message) => message.id));
  const fresh = coming.filter((message) => !ids.has(message.id));
  const kept = page.messages.filter((message) => message.number < from || fresh.length === 0);
  return { ...page, messages: [...kept, ...fresh] };
}

// A read that was under way when an answer ended must not let it begin again.
function further(old: Message | undefined, fresh: Message): Message {
  if (!old) return fresh;
  if (old.state !== "streaming" && fresh.state === "streaming") return old;
  return JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh;
}

function unread(id: string, num_messages: number): Conversation {
  const now = new Date().toISOString();
  const facts = { title: "", pinned: false, deleted: false, found: null, num_messages };
  return { id, created_at: now, updated_at: now, ...facts };
}
