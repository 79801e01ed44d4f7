import type { ErrorBody } from "../api.generated";
import { CallError } from "../live/errors";
import { reason } from "../ui/reason";

/** What failed: the model's server, this server, the way between, or the question itself. */
export type Part = "model" | "server" | "connection" | "question";
/** What a reader can do: ask again, ask another model, read how to have a better one, begin anew, reload. */
export type Step = "again" | "otherModel" | "help" | "begin" | "reload";

export interface Remedy {
  part: Part;
  /** The next steps, the best one first. */
  steps: Step[];
}

const OTHERWISE: Remedy = { part: "server", steps: ["again"] };
// NOTE: the codes are those of api/errors.py and api/model_errors.py, and of live/errors.ts.
const REMEDIES: { [code: string]: Remedy } = {
  model_unreachable: { part: "model", steps: ["again", "otherModel", "help"] },
  model_timeout: { part: "model", steps: ["again", "otherModel"] },
  model_refused: { part: "model", steps: ["help", "otherModel", "again"] },
  model_payment_required: { part: "model", steps: ["otherModel", "again"] },
  model_not_found: { part: "model", steps: ["otherModel", "help"] },
  model_busy: { part: "model", steps: ["again", "otherModel"] },
  model_bad_request: { part: "question", steps: ["begin", "otherModel"] },
  model_failed: { part: "model", steps: ["again", "otherModel"] },
  model_error: { part: "model", steps: ["again", "otherModel"] },
  model_not_installed: { part: "model", steps: ["help", "again"] },
  no_model: { part: "model", steps: ["help", "again"] },
  not_found: { part: "server", steps: ["begin"] },
  invalid_arguments: { part: "question", steps: [] },
  too_large: { part: "question", steps: [] },
  connection_lost: { part: "connection", steps: ["again"] },
  bad_answer: { part: "connection", steps: ["reload"] },
  unauthenticated: { part: "server", steps: ["reload"] },
  forbidden: { part: "server", steps: ["reload"] },
};

export function remedyOf(code: string): Remedy {
  return REMEDIES[code] ?? OTHERWISE;
}

// A model server that is busy and does not say for how long.
const BUSY_S = 5;
const MOST_S = 600;

/** The seconds that an error asks to wait for from its beginning; 0 where it asks for nothing. */
export function waitOf({ code, details }: ErrorBody): number {
  const told = details.retry_after;
  if (typeof told === "number" && told > 0) return Math.min(Math.ceil(told), MOST_S);
  return code === "model_busy" ? BUSY_S : 0;
}

/**
 * The seconds that are still to wait.
 *
 * @param since when the error came, by the clock of whoever wrote it down: it may differ from the one of `now`.
 */
export function leftOf(wait_s: number, since: number, now: number): number {
  return Math.min(wait_s, Math.max(0, Math.ceil(wait_s - (now - since) / 1000)));
}

/** What a call rejected with, as the server writes errors. */
export function bodyOf(error: unknown): ErrorBody {
  if (error instanceof CallError) return { code: error.code, message: error.message, details: error.details };
  return { code: "unknown", message: reason(error), details: {} };
}
