import {
  keepPreviousData,
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Conversation, ConversationList, ConversationPage, Message, ModelList } from "../api.generated";
import { api } from "../live/api";
import { afterOpening } from "../live/session";
import { merged, patched, withComing, withEarlier } from "./pages";

const PAGE = 50;
const EARLIER_PAGE = 100;

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

/**
 * A conversation with its newest messages and the earlier ones that were read, oldest first.
 *
 * Reading it again reads the newest page alone: what stands before it cannot change.
 */
export function useConversation(id: string): UseQueryResult<ConversationPage> {
  const queries = useQueryClient();
  return useQuery({
    queryKey: conversationKey(id),
    queryFn: async () => {
      const fresh = await afterOpening(() => api.get_conversation(id));
      return merged(known(queries, id), fresh);
    },
    structuralSharing: false, // `merged` keeps what is the same, and compares one page only
  });
}

/** Read the page before the first message that is known. Rejects with CallError. */
export async function readEarlier(queries: QueryClient, id: string): Promise<void> {
  const before = known(queries, id)?.next ?? null;
  if (before === null) return;
  const page = await api.get_conversation(id, before, EARLIER_PAGE);
  change(queries, id, (now) => withEarlier(now, before, page));
}

/** Read one message again, or the newest page where it is not known yet or not shown any more. */
export async function readMessage(queries: QueryClient, id: string, messageId: string): Promise<void> {
  const old = known(queries, id)?.messages.find((message) => message.id === messageId);
  const fresh = old && (await messageAt(id, old.number).catch(() => undefined));
  if (fresh?.id === messageId) change(queries, id, (now) => patched(now, fresh));
  else await queries.invalidateQueries({ queryKey: conversationKey(id) });
}

/** Take over a message as it stands, without reading it. */
export function patchMessage(queries: QueryClient, message: Message): void {
  change(queries, message.conversation_id, (now) => patched(now, message));
}

/** Take over the newest page of a conversation, read elsewhere. */
export function takePage(queries: QueryClient, page: ConversationPage): void {
  queries.setQueryData<ConversationPage>(conversationKey(page.conversation.id), (now) => merged(now, page));
}

/** Show messages that are known to come, before they are read; those from number `from` on are gone. */
export function expect(queries: QueryClient, id: string, coming: Message[], from?: number): void {
  queries.setQueryData<ConversationPage>(conversationKey(id), (now) => withComing(now, id, coming, from));
}

/** The last number in a conversation as far as it is read; 0 where nothing is. */
export function lastNumber(queries: QueryClient, id: string | null): number {
  return (id && known(queries, id)?.messages.at(-1)?.number) || 0;
}

/** The title of the open conversation, from wherever it is known. */
export function useOpenTitle(id: string | null): string {
  const listed = useConversations().data?.find((each) => each.id === id)?.title;
  const read = useKnown(id, (page) => page.conversation.title);
  return listed ?? read ?? "";
}

/** The task that writes the last answer of a conversation, or null where none is being written. */
export function useRunningTask(id: string | null): string | null {
  return useKnown(id, runningTask) ?? null;
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

/** Something of a conversation as far as it is read; reads nothing itself. */
function useKnown<Value>(id: string | null, pick: (page: ConversationPage) => Value): Value | undefined {
  const key = conversationKey(id ?? "");
  const options = { queryKey: key, enabled: false, structuralSharing: false, select: pick };
  return useQuery<ConversationPage, Error, Value>(options).data;
}

function runningTask(page: ConversationPage): string | null {
  return page.messages.findLast((message) => message.state === "streaming")?.task_id ?? null;
}

async function messageAt(id: string, number: number): Promise<Message | undefined> {
  return (await api.get_conversation(id, number + 1, 1)).messages.at(-1);
}

function known(queries: QueryClient, id: string): ConversationPage | undefined {
  return queries.getQueryData<ConversationPage>(conversationKey(id));
}

function change(
  queries: QueryClient,
  id: string,
  alter: (known: ConversationPage) => ConversationPage,
): void {
  queries.setQueryData<ConversationPage>(conversationKey(id), (now) => now && alter(now));
}
