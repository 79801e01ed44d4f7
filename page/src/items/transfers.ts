import type { Task } from "../api.generated";

/** What an import has done so far; `refused` are the first rows that could not be taken, and why. */
export interface Imported {
  num_added: number;
  num_refused: number;
  refused: { row: number; column: string | null; why: string }[];
  report_file_id: string | null;
}

export interface Exported {
  file_id: string;
  num_items: number;
}

/** What a task has made, once it has made something. */
export function madeOf<Made>(task: Task | undefined): Made | null {
  return (task?.facts.made as Made | undefined) ?? null;
}

/** The form that a file of items has, by its name. */
export function formOf(name: string): "csv" | "json" {
  return /\.json$/i.test(name) ? "json" : "csv";
}
