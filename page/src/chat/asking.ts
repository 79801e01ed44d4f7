import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ErrorBody, Message, Task } from "../api.generated";
import { api } from "../live/api";
import { go, placeOf } from "../shell/place";
import { drafts } from "./drafts";
import { bodyOf } from "./problems";
import { CONVERSATIONS, conversationKey, expect, lastNumber, takePage } from "./reading";

export const NEW = "new";

/** A question on its way to the server; `after` is the last number in its conversation when it was sent. */
export interface Pending {
  conversationId: string | null;
  text: string;
  after: number;
}

export interface Problem {
  conversationId: string | null;
  error: ErrorBody;
  /** When it came, in milliseconds. */
  at: number;
}

export interface Asking {
  pending: Pending | null;
  /** The server has not taken the question yet. */
  isSending: boolean;
  problem: Problem | null;
  /** Send a question; `other` names another model than the chosen one. */
  send: (text: string, other?: string) => Promise<void>;
}

/** Sends questions of one conversation, or the first of a new one. */
export function useAsking(conversationId: string | null, model: string | null): Asking {
  const queries = useQueryClient();
  const [pending, setPending] = useState<Pending | null>(null);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function send(text: string, other?: string): Promise<void> {
    const draft = conversationId ?? NEW;
    setProblem(null);
    setSending(true);
    setPending({ conversationId, text, after: lastNumber(queries, conversationId) });
    drafts.hold(draft, text);
    try {
      const task = await api.send_message(text, conversationId, other ?? model);
      expectAnswer(queries, task, text);
      drafts.release(draft, true);
      if (!conversationId) {
        leaveBeginning(task);
        setPending(null);
      }
    } catch (error) {
      drafts.release(draft, false);
      setPending(null);
      setProblem({ conversationId, error: bodyOf(error), at: Date.now() });
    } finally {
      setSending(false);
    }
  }

  return { pending, isSending, problem, send };
}

// Whoever went somewhere else while the question was on its way stays there.
function leaveBeginning(task: Task): void {
  if (placeOf(location.hash).rest === "") go(`/chat/${task.facts.conversation_id}`, true);
}

/** Ask the question of an answer again. Rejects with CallError. */
export async function askAgain(queries: QueryClient, answer: Message, model: string | null): Promise<void> {
  const task = await api.retry_message(answer.id, model);
  const coming = besides(answer, comingAnswer(task, lastNumber(queries, answer.conversation_id) + 1));
  expect(queries, answer.conversation_id, [coming], answer.number);
  void queries.invalidateQueries({ queryKey: conversationKey(answer.conversation_id) });
}

/** Ask a question in other words; what followed the old one stays on its branch. Rejects with CallError. */
export async function askInOtherWords(
  queries: QueryClient,
  question: Message,
  text: string,
  model: string | null,
): Promise<void> {
  const task = await api.update_message(question.id, text, model);
  const id = question.conversation_id;
  const last = lastNumber(queries, id);
  const asked = besides(question, askedQuestion(task, text, last + 1));
  expect(queries, id, [asked, comingAnswer(task, last + 2)], question.number);
  void queries.invalidateQueries({ queryKey: conversationKey(id) });
}

/** Show another branch of a conversation. Rejects with CallError. */
export async function openBranch(queries: QueryClient, messageId: string): Promise<void> {
  takePage(queries, await api.open_branch(messageId));
}

function expectAnswer(queries: QueryClient, task: Task, text: string): void {
  const id = String(task.facts.conversation_id);
  const number = lastNumber(queries, id) + 1;
  expect(queries, id, [askedQuestion(task, text, number), comingAnswer(task, number + 1)]);
  void queries.invalidateQueries({ queryKey: conversationKey(id) });
  void queries.invalidateQueries({ queryKey: CONVERSATIONS });
}

// A message and those it stands beside share one place on the page.
function besides(old: Message, fresh: Message): Message {
  const others = old.branches.length > 0 ? old.branches : [old.id];
  return { ...fresh, branches: [...others, fresh.id] };
}

function askedQuestion(task: Task, text: string, number: number): Message {
  return {
    ...comingAnswer(task, number),
    id: String(task.facts.question_id),
    role: "user",
    text,
    state: "complete",
    task_id: null,
  };
}

function comingAnswer(task: Task, number: number): Message {
  return {
    id: String(task.facts.message_id),
    conversation_id: String(task.facts.conversation_id),
    number,
    role: "assistant",
    text: "",
    model: null,
    state: "streaming",
    error: null,
    task_id: task.id,
    created_at: task.created_at,
    ended_at: null,
    figures: null,
    thinking: null,
    branches: [],
  };
}
