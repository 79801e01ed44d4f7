import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Task } from "../api.generated";
import { api } from "../live/api";
import { cancelTask } from "../tasks/acting";
import { useOneTask } from "../tasks/reading";
import { reason } from "../ui/reason";
import { hasEnded } from "../ui/useTask";

import { keepRun, keptRun } from "./keeping";
import { readAgain } from "./reading";
import type { ScriptState } from "./useScript";

export interface RunState {
  /** The run that is shown: the newest, or one that was chosen. */
  shownId: string | null;
  task: Task | undefined;
  /** Its log is gone. */
  isGone: boolean;
  isRunning: boolean;
  isStarting: boolean;
  /** Why it did not start, in the server's words. */
  problem: string | null;
  run: () => Promise<void>;
  stop: () => void;
  show: (taskId: string) => void;
}

/** The runs of what is in the editor: the one that goes on is found again after a reload. */
export function useRun(script: ScriptState): RunState {
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isStarting, setStarting] = useState(false);
  const shownId = chosen ?? newestOf(script);
  const reading = useOneTask(shownId ?? "", shownId !== null);
  const task = reading.data?.id === shownId ? reading.data : undefined;

  async function start(): Promise<Task | null> {
    const { saved, isChanged } = script;
    const given = script.read();
    if (!given) return null;
    if (saved && !isChanged) return await api.start_script(saved.id);
    const begun = await api.run_script(given.script, given.url, given.timeout_s, given.origins);
    keepRun(script.id, { task_id: begun.id, created_at: begun.created_at });
    return begun;
  }

  async function run(): Promise<void> {
    if (isStarting || (task && !hasEnded(task))) return;
    setStarting(true);
    setProblem(null);
    try {
      const begun = await start();
      if (begun) setChosen(begun.id);
    } catch (error) {
      setProblem(reason(error));
    } finally {
      setStarting(false);
      readAgain(queries);
    }
  }

  return {
    shownId,
    task,
    isGone: reading.error?.name === "NotFound",
    isRunning: task !== undefined && !hasEnded(task),
    isStarting,
    problem,
    run,
    stop: () => void (task && cancelTask(queries, task)),
    show: (taskId) => {
      setProblem(null);
      setChosen(taskId);
    },
  };
}

// A run of what was typed is in no list; a later one of the saved script is news all the same.
function newestOf({ id, saved }: ScriptState): string | null {
  const own = keptRun(id);
  const last = saved?.last_run;
  if (!own || !last) return (own ?? last)?.task_id ?? null;
  return Date.parse(own.created_at) > Date.parse(last.created_at) ? own.task_id : last.task_id;
}
