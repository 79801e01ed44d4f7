import { useState } from "react";
import type { Task } from "../api.generated";
import { uploadOne } from "../files/pageUploads";
import { api } from "../live/api";
import { reason } from "../ui/reason";
import { hasEnded, useTask } from "../ui/useTask";
import { formOf, type Imported, madeOf } from "./transfers";

export type ImportStep = "choosing" | "uploading" | "reading" | "done";

export interface Import {
  step: ImportStep;
  name: string;
  /** 0 to 100, or null while nobody knows. */
  percent: number | null;
  made: Imported | null;
  /** Why it failed; what came before that is kept. */
  problem: string | null;
  start: (file: File) => Promise<void>;
  stop: () => Promise<void>;
  again: () => void;
}

/** A file of items on its way: up to the server, and there into the list. */
export function useImport(): Import {
  const [name, setName] = useState("");
  const [percent, setPercent] = useState<number | null>(null);
  const [started, setStarted] = useState<Task | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const task = useTask(started);

  async function start(file: File): Promise<void> {
    again();
    setName(file.name);
    try {
      const id = await uploadOne(file, (sent) => setPercent((100 * sent) / Math.max(file.size, 1)));
      setPercent(null);
      setStarted(await api.start_import(id, formOf(file.name)));
    } catch (error) {
      setName("");
      setProblem(reason(error));
    }
  }

  async function stop(): Promise<void> {
    try {
      if (started) await api.cancel_task(started.id);
    } catch (error) {
      setProblem(reason(error));
    }
  }

  function again(): void {
    setName("");
    setPercent(null);
    setStarted(null);
    setProblem(null);
  }

  const isOver = task !== undefined && hasEnded(task);
  const step = isOver ? "done" : task ? "reading" : name ? "uploading" : "choosing";
  return {
    step,
    name,
    percent: step === "reading" ? (task?.progress ?? null) : percent,
    made: madeOf<Imported>(task),
    problem: problem ?? (task?.state === "failed" ? (task.error?.message ?? "") : null),
    start,
    stop,
    again,
  };
}
