import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { SavedScript } from "../api.generated";
import { writeDeadline, writeMoment } from "../i18n/formats";
import { Button } from "../ui/Button";
import { FIELD, TextField } from "../ui/Fields";
import { PlanFields } from "./PlanFields";
import { PLAN_KINDS, type PlanKind, planAs } from "./schedules";
import { type ScheduleState, useSchedule } from "./useSchedule";
import type { ScriptState } from "./useScript";

/** When a script starts by itself. */
export function SchedulePanel({ script }: { script: ScriptState }): ReactNode {
  const { t } = useTranslation();
  if (script.saved) return <SavedSchedule key={script.saved.id} script={script.saved} />;
  return (
    <div className="space-y-3">
      <p className="text-soft">{t("scripts.schedule.unsaved")}</p>
      <Button onClick={() => void script.save()}>{t("ui.save")}</Button>
    </div>
  );
}

function SavedSchedule({ script }: { script: SavedScript }): ReactNode {
  const schedule = useSchedule(script);
  return (
    <div className="space-y-4 pb-4">
      <Switch schedule={schedule} />
      {script.skipped && <Skipped skipped={script.skipped} />}
      <When schedule={schedule} />
      <Zone schedule={schedule} />
      <Times schedule={schedule} />
      <Buttons schedule={schedule} isSaved={script.schedule !== null} />
    </div>
  );
}

function Switch({ schedule }: { schedule: ScheduleState }): ReactNode {
  const { t } = useTranslation();
  return (
    <label className="relative flex min-h-8 cursor-pointer items-center gap-3 pointer-coarse:min-h-11">
      <input
        type="checkbox"
        role="switch"
        checked={schedule.isOn}
        aria-checked={schedule.isOn}
        aria-disabled={schedule.isSaving}
        onChange={(event) => void schedule.turn(event.target.checked)}
        className="peer absolute inset-0 cursor-pointer appearance-none outline-none"
      />
      <span
        aria-hidden="true"
        className="pointer-events-none relative h-6 w-10 shrink-0 rounded-full bg-faint/50 transition-colors after:absolute after:top-1 after:left-1 after:size-4 after:rounded-full after:bg-canvas after:transition-transform peer-checked:bg-accent peer-checked:after:translate-x-4 peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent"
      />
      <span className="font-medium">{t("scripts.schedule.on")}</span>
    </label>
  );
}

function Skipped({ skipped }: { skipped: NonNullable<SavedScript["skipped"]> }): ReactNode {
  const { t } = useTranslation();
  return (
    <div role="status" className="rounded-xl border border-line bg-panel px-3 py-2 wrap-anywhere">
      <p className="text-xs text-soft">{t("scripts.schedule.skipped", { when: writeMoment(skipped.at) })}</p>
      <p className="mt-0.5 text-danger">{skipped.error.message}</p>
    </div>
  );
}

function When({ schedule }: { schedule: ScheduleState }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const { plan, setPlan } = schedule;
  return (
    <div className="space-y-3">
      <div>
        <label htmlFor={id} className="mb-1 block text-xs font-medium text-soft">
          {t("scripts.schedule.when")}
        </label>
        <select
          id={id}
          value={plan.kind}
          onChange={(event) => setPlan(planAs(event.target.value as PlanKind, plan))}
          className={`${FIELD} h-9 py-0! pointer-coarse:h-11`}
        >
          {PLAN_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`scripts.schedule.kind.${kind}`)}
            </option>
          ))}
        </select>
      </div>
      <PlanFields plan={plan} problem={schedule.cronProblem} onPlan={setPlan} />
    </div>
  );
}

function Zone({ schedule }: { schedule: ScheduleState }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  return (
    <>
      <TextField
        label={t("scripts.schedule.zone")}
        value={schedule.zone}
        list={id}
        autoComplete="off"
        spellCheck="false"
        problem={schedule.zoneProblem}
        onChange={schedule.setZone}
      />
      <datalist id={id}>
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}

function Times({ schedule }: { schedule: ScheduleState }): ReactNode {
  const { t } = useTranslation();
  if (schedule.times.length === 0) return null;
  return (
    <div>
      <h3 className="text-xs font-medium text-soft">{t("scripts.schedule.next")}</h3>
      <ol aria-label={t("scripts.schedule.next")} className="mt-1 space-y-0.5 tabular-nums">
        {schedule.times.map((time) => (
          <li key={time}>
            <time dateTime={time}>{writeDeadline(time)}</time>
          </li>
        ))}
      </ol>
      <p className="mt-1 text-xs text-faint">{t("scripts.schedule.ownClock")}</p>
    </div>
  );
}

function Buttons({ schedule, isSaved }: { schedule: ScheduleState; isSaved: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {schedule.trouble && (
        <p role="alert" className="text-danger wrap-anywhere">
          {schedule.trouble}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {schedule.isChanged && (
          <Button kind="primary" className="pointer-coarse:min-h-11" onClick={() => void schedule.save()}>
            {t("scripts.schedule.save")}
          </Button>
        )}
        {isSaved && (
          <Button kind="quiet" className="pointer-coarse:min-h-11" onClick={() => void schedule.remove()}>
            {t("scripts.schedule.remove")}
          </Button>
        )}
      </div>
    </>
  );
}
