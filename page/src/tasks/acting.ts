import type { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import type { Task } from "../api.generated";
import { api } from "../live/api";
import { CallError } from "../live/errors";
import { go } from "../shell/place";
import { keepFocus } from "../ui/focusPlace";
import { notify } from "../ui/notify";
import { offerUndo, tried } from "../ui/tried";
import { forgetQuestion } from "./questions";
import { readAgain, showTask } from "./reading";

/** Answer a task's question. Rejects with what can be mended; a question that is over is told in a notice. */
export async function answerTask(queries: QueryClient, task: Task, answer: unknown): Promise<void> {
  try {
    const now = await api.answer_task(task.id, answer);
    forgetQuestion(queries, task.id);
    showTask(queries, now);
  } catch (error) {
    if (!(error instanceof CallError) || !["not_waiting", "not_found"].includes(error.code)) throw error;
    forgetQuestion(queries, task.id);
    notify(error.code === "not_waiting" ? i18next.t("tasks.question.over") : error.message);
    readAgain(queries);
  }
  keepFocus();
}

export async function cancelTask(queries: QueryClient, task: Task): Promise<void> {
  await change(queries, async () => showTask(queries, await api.cancel_task(task.id)));
}

/** Do a task anew, and go to the new one where the old one is open. */
export async function retryTask(queries: QueryClient, task: Task, isOpen = false): Promise<void> {
  await change(queries, async () => {
    const fresh = await api.retry_task(task.id);
    readAgain(queries);
    if (isOpen) go(`/tasks/${fresh.id}`, true);
    else
      notify(i18next.t("tasks.retried"), {
        label: i18next.t("tasks.look"),
        run: () => go(`/tasks/${fresh.id}`),
      });
  });
}

export async function rankTask(queries: QueryClient, task: Task, priority: number): Promise<void> {
  await change(queries, async () => showTask(queries, await api.update_task(task.id, priority)));
}

/** Take an ended task off the list, and offer to bring it back. */
export async function deleteTask(queries: QueryClient, task: Task): Promise<void> {
  await change(queries, async () => {
    await api.delete_task(task.id);
    document.querySelector("main")?.focus(); // the row and its menu go away
    offerUndo(i18next.t("tasks.deleted"), () => change(queries, () => api.restore_task(task.id)));
  });
}

async function change(queries: QueryClient, act: () => Promise<unknown>): Promise<void> {
  await tried(act);
  readAgain(queries);
  keepFocus();
}
