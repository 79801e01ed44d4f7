import type { Task, TaskState } from "../api.generated";

/** How a reader meets tasks: those that ask something, those that run, those that wait for their turn, the rest. */
export const GROUPS = ["asks", "runs", "waits", "ended"] as const;
export type Group = (typeof GROUPS)[number];
export type Shown = Group | "all";

/** A line of the list: a heading, or a task. */
export type Entry = { id: string; group: Group; num: number } | { id: string; task: Task };

const OF_STATE: Record<TaskState, Group> = {
  waiting: "asks",
  processing: "runs",
  pending: "waits",
  retrying: "waits",
  completed: "ended",
  failed: "ended",
  cancelled: "ended",
};

export function groupOf(task: Task): Group {
  return OF_STATE[task.state];
}

/**
 * The lines of the list, group by group.
 *
 * Questions stand first whatever is shown: nothing else waits for the reader. What is open stands in the order of its
 * turn, what has ended as it came.
 */
export function entriesOf(open: readonly Task[], ended: readonly Task[], shown: Shown): Entry[] {
  const all = distinct([...open, ...ended]);
  return GROUPS.filter((group) => shown === "all" || shown === group || group === "asks").flatMap((group) => {
    const tasks = all.filter((task) => groupOf(task) === group);
    if (group !== "ended") tasks.sort(byTurn);
    const heading = { id: `group-${group}`, group, num: tasks.length };
    return tasks.length > 0 ? [heading, ...tasks.map((task) => ({ id: task.id, task }))] : [];
  });
}

function byTurn(one: Task, other: Task): number {
  return (one.place ?? 0) - (other.place ?? 0) || Date.parse(one.created_at) - Date.parse(other.created_at);
}

// A task that ended between the two readings stands in both: the later state is the one it stays in.
function distinct(tasks: Task[]): Task[] {
  return [...new Map(tasks.map((task) => [task.id, task])).values()];
}
