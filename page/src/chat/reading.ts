import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import type { Conversation, ConversationList, ConversationPage, Message, ModelList } from "../api.generated";
import { api } from "../live/api";
import { afterOpening } from "../live/session";

export type Pages = InfiniteData<ConversationPage, number | null>;

const PAGE = 50;

export const CONVERSATIONS = ["conversations"];

export function conversationKey(id: string): [string, string] {
  return ["conversation", id];
}

/** The conversations, pinned ones first, then last changed first; with `search`, those it is found in. */
export function useConversations(search = ""): UseInfiniteQueryResult<Conversation[]> {
  return useInfiniteQuery({
    queryKey: [...CONVERSATIONS, search],
    queryFn: ({ pageParam }) => afterOpening(() => api.list_conversations(pageParam, PAGE, search || null)),
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    getNextPageParam: (page: ConversationList) => page.next,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

/** A conversation with its messages, oldest first; `fetchNextPage` reads earlier ones. */
export function useConversation(id: string): UseInfiniteQueryResult<ConversationPage> {
  return useInfiniteQuery({
    queryKey: conversationKey(id),
    queryFn: ({ pageParam }) => afterOpening(() => api.get_conversation(id, pageParam)),
    initialPageParam: null as number | null,
    getNextPageParam: (page: ConversationPage) => page.next,
    select: joined,
  });
}

/** The title of the open conversation, from wherever it is known. */
export function useOpenTitle(id: string | null): string {
  const listed = useConversations().data?.find((each) => each.id === id)?.title;
  const read = useKnown(id, (data) => data.pages[0]?.conversation.title ?? "");
  return listed ?? read ?? "";
}

/** The task that writes the last answer of a conversation, or null where none is being written. */
export function useRunningTask(id: string | null): string | null {
  return useKnown(id, runningTask) ?? null;
}

/** Something of a conversation as far as it is read; reads nothing itself. */
function useKnown<Value>(id: string | null, pick: (data: Pages) => Value): Value | undefined {
  const key = conversationKey(id ?? "");
  return useQuery<Pages, Error, Value>({ queryKey: key, enabled: false, select: pick }).data;
}

function runningTask(data: Pages): string | null {
  const last = data.pages[0]?.messages.findLast((message) => message.state === "streaming");
  return last?.task_id ?? null;
}

/** The models that can answer. Takes as long as the slowest model server; nothing else on the page waits for it. */
export function useModels(): UseQueryResult<ModelList> {
  return useQuery({
    queryKey: ["models"],
    queryFn: () => api.list_models(),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

function joined(data: Pages): ConversationPage {
  const [newest] = data.pages;
  if (!newest) throw new Error("a conversation without a page");
  return {
    conversation: newest.conversation,
    messages: data.pages.toReversed().flatMap((page) => page.messages),
    next: data.pages.at(-1)?.next ?? null,
  };
}

/** Show messages that are known to come, before they are read; those from number `from` on are gone. */
export function expect(
  queries: QueryClient,
  id: string,
  coming: Message[],
  from = Number.POSITIVE_INFINITY,
): void {
  queries.setQueryData<Pages>(conversationKey(id), (known) => {
    const [newest, ...earlier] = known?.pages ?? [firstPage(id, coming)];
    if (!newest) return known;
    const ids = new Set(newest.messages.map((message) => message.id));
    const fresh = coming.filter((message) => !ids.has(message.id));
    const kept = newest.messages.filter((message) => message.number < from || !fresh.length);
    const pages = [{ ...newest, messages: [...kept, ...fresh] }, ...earlier];
    return { pages, pageParams: known?.pageParams ?? [null] };
  });
}

function firstPage(id: string, coming: Message[]): ConversationPage {
  const now = new Date().toISOString();
  const times = { created_at: now, updated_at: now };
  const facts = { title: "", pinned: false, deleted: false, found: null, num_messages: coming.length };
  return { conversation: { id, ...times, ...facts }, messages: [], next: null };
}
