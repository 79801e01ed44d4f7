import type { Task } from "../api.generated";

const MOST = 500;

/** Remembers how far each task was: an answer that was long under way must not take its bar back. */
export class Highest {
  private readonly seen = new Map<string, number>();

  /** The task with the highest progress that was told of it. */
  of(task: Task): Task {
    const percent = this.note(task.id, task.progress);
    return percent === task.progress ? task : { ...task, progress: percent };
  }

  /** Note what was told; answers the highest. */
  note(id: string, percent: number | null): number | null {
    const highest = Math.max(percent ?? -1, this.seen.get(id) ?? -1);
    if (highest < 0) return null;
    this.seen.delete(id);
    this.seen.set(id, highest);
    for (const oldest of [...this.seen.keys()].slice(0, -MOST)) this.seen.delete(oldest);
    return highest;
  }
}
