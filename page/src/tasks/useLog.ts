import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Task } from "../api.generated";
import type { StreamEvent } from "../live/frames";
import { socket } from "../live/live";
import { LogLines, type LogState } from "./logLines";
import { showProgress } from "./reading";

const MOST_EVENTS = 5_000; // of those that there are when the window opens
const PAINT_MS = 60;

const NOTHING: LogState = { pieces: [], isCut: false, isEnded: false };

interface Reading {
  log: LogState;
  /** Why the server gives no stream. */
  problem: string | null;
  again: () => void;
}

/** A task's log as it comes; painted at most some times a second. */
export function useLog(task: Task): Reading {
  const queries = useQueryClient();
  const [log, setLog] = useState(NOTHING);
  const [problem, setProblem] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const { id } = task;
  // Where the log stood when the task was first read: each later number comes by the stream.
  const [after] = useState(Math.max(0, (task.last_event ?? 0) - MOST_EVENTS));

  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn reads anew
  useEffect(() => {
    const lines = new LogLines(after > 0);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const paint = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setLog(lines.state);
      }, PAINT_MS);
    };
    const take = (events: StreamEvent[]) => {
      lines.take(events);
      for (const { kind, data } of events) {
        if (kind === "progress" && typeof data.percent === "number") showProgress(queries, id, data.percent);
      }
      paint();
    };
    const skip = () => {
      lines.cut();
      paint();
    };
    const stop = socket.subscribe(id, after, take, skip, (error) => setProblem(error.message));
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [id, after, turn, queries]);

  const again = () => {
    setProblem(null);
    setTurn((now) => now + 1);
  };
  return { log, problem, again };
}
