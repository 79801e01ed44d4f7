import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SavedScript, Schedule } from "../api.generated";
import type { CallError } from "../live/errors";
import { currentOf } from "../live/errors";
import { reason } from "../ui/reason";
import { useSettled } from "../ui/useSettled";
import { changeScript } from "./changing";
import { useTimes } from "./reading";
import { cronOf, type Plan, planOf } from "./schedules";

export interface ScheduleState {
  plan: Plan;
  zone: string;
  isOn: boolean;
  isChanged: boolean;
  isSaving: boolean;
  /** The next times, as far as they are known. */
  times: readonly string[];
  /** What is wrong with its fields, in the server's words. */
  cronProblem: string | null;
  zoneProblem: string | null;
  /** Why it was not saved. */
  trouble: string | null;
  setPlan: (plan: Plan) => void;
  setZone: (zone: string) => void;
  save: () => Promise<void>;
  turn: (isOn: boolean) => Promise<void>;
  remove: () => Promise<void>;
}

const USUAL: Plan = { kind: "daily", time: "09:00" };

/** The schedule of a saved script, as it is and as it is being written. */
export function useSchedule(script: SavedScript): ScheduleState {
  const queries = useQueryClient();
  const { schedule } = script;
  const [plan, setPlan] = useState<Plan | null>(null);
  const [zone, setZone] = useState<string | null>(null);
  const [isSaving, setSaving] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const now = plan ?? (schedule ? planOf(schedule.cron) : USUAL);
  const time_zone = zone ?? schedule?.time_zone ?? ownZone();
  const reading = useTimes(useSettled(cronOf(now)), useSettled(time_zone.trim()));
  const problems = detailsOf(reading.error);

  async function put(next: Schedule | null): Promise<void> {
    if (isSaving) return;
    setSaving(true);
    setTrouble(null);
    try {
      await onNewest(script, (base) => changeScript(queries, base, { schedule: next }));
      setPlan(null);
      setZone(null);
    } catch (error) {
      setTrouble(reason(error));
    } finally {
      setSaving(false);
    }
  }

  const written = (is_on: boolean) => ({ cron: cronOf(now), time_zone: time_zone.trim(), is_on });
  return {
    plan: now,
    zone: time_zone,
    isOn: schedule ? (schedule.is_on ?? true) : false,
    isChanged: plan !== null || zone !== null,
    isSaving,
    times: reading.data ?? [],
    cronProblem: problems.cron ?? (problems.time_zone ? null : reading.error && reason(reading.error)),
    zoneProblem: problems.time_zone ?? null,
    trouble,
    setPlan,
    setZone,
    save: () => put(written(schedule?.is_on ?? true)),
    turn: (isOn) => put(written(isOn)),
    remove: () => put(null),
  };
}

// Another page that changed the code has not decided on the schedule.
async function onNewest<Value>(
  script: SavedScript,
  act: (base: SavedScript) => Promise<Value>,
): Promise<Value> {
  try {
    return await act(script);
  } catch (error) {
    const newest = currentOf<SavedScript>(error);
    if (!newest) throw error;
    return act(newest);
  }
}

function detailsOf(error: Error | null): { cron?: string; time_zone?: string } {
  return error?.name === "InvalidArguments" ? ((error as CallError).details ?? {}) : {};
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
