import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";
import { writeNumber, writeWhen } from "../i18n/formats";
import { leftOf, secondsBetween } from "./times";
import { useTook } from "./useTook";

/** What can be told of a task in a line: when and how long, its turn and what it waits for, how much is left. */
export function useWords(): (task: Task, now: number) => string[] {
  const { t } = useTranslation();
  const took = useTook();

  function ofNeeds(num: number): string {
    if (num === 0) return "";
    return num === 1 ? t("tasks.needsOne") : t("tasks.needs", { num: writeNumber(num) });
  }

  function ofWaiting(task: Task, now: number): string[] {
    const later = task.run_after && Date.parse(task.run_after) > now ? task.run_after : null;
    return [
      task.failures > 0 ? t("tasks.failedSoOften", { num: writeNumber(task.failures) }) : "",
      later ? t(task.failures > 0 ? "tasks.againAt" : "tasks.notBefore", { when: writeWhen(later) }) : "",
      ofNeeds(task.needs.length),
      later || task.needs.length > 0 || task.place === null
        ? ""
        : t(task.place === 0 ? "tasks.next" : "tasks.place", { num: writeNumber(task.place) }),
    ];
  }

  function ofRunning(task: Task, now: number): string[] {
    const stretch = task.seconds_left === null ? null : leftOf(task.seconds_left);
    return [
      task.progress === null ? "" : t("tasks.percent", { num: writeNumber(task.progress) }),
      stretch ? t(`tasks.left.${stretch.unit}`, { num: writeNumber(stretch.num) }) : "",
      task.started_at ? t("tasks.since", { time: took(secondsBetween(task.started_at, now)) }) : "",
    ];
  }

  function ofEnded(task: Task): string[] {
    const { started_at, ended_at } = task;
    return [
      ended_at ? writeWhen(ended_at) : "",
      started_at && ended_at ? t("tasks.tookIn", { time: took(secondsBetween(started_at, ended_at)) }) : "",
    ];
  }

  return (task, now) => {
    if (task.state === "processing") return ofRunning(task, now).filter(Boolean);
    if (task.state === "waiting")
      return [t("tasks.begunAt", { when: writeWhen(task.started_at ?? task.created_at) })];
    return (task.ended_at ? ofEnded(task) : ofWaiting(task, now)).filter(Boolean);
  };
}
