import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { FIELD, TextField } from "../ui/Fields";
import { DAYS, type Plan } from "./schedules";

interface PlanFieldsProps {
  plan: Plan;
  problem: string | null;
  onPlan: (plan: Plan) => void;
}

/** What there is to say of a plan: the minute, the day and the hour, or its cron. */
export function PlanFields({ plan, problem, onPlan }: PlanFieldsProps): ReactNode {
  const { t } = useTranslation();
  if (plan.kind === "custom") {
    return (
      <TextField
        label={t("scripts.schedule.cron")}
        value={plan.cron}
        autoComplete="off"
        spellCheck="false"
        hint={t("scripts.schedule.cronHint")}
        problem={problem}
        onChange={(cron) => onPlan({ ...plan, cron })}
        className="font-mono"
      />
    );
  }
  if (plan.kind === "hourly") {
    const { minute } = plan;
    return (
      <TextField
        type="number"
        min={0}
        max={59}
        label={t("scripts.schedule.minute")}
        value={String(minute)}
        problem={problem}
        onChange={(text) =>
          onPlan({ ...plan, minute: Math.min(59, Math.max(0, Math.trunc(Number(text) || 0))) })
        }
      />
    );
  }
  return (
    <div className="grid grid-cols-2 gap-3">
      {plan.kind === "weekly" && <Day day={plan.day} onDay={(day) => onPlan({ ...plan, day })} />}
      <TextField
        type="time"
        required
        label={t("scripts.schedule.time")}
        value={plan.time}
        problem={problem}
        onChange={(time) => time && onPlan({ ...plan, time })}
      />
    </div>
  );
}

function Day({ day, onDay }: { day: number; onDay: (day: number) => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const id = useId();
  const names = new Intl.DateTimeFormat(i18n.language, { weekday: "long", timeZone: "UTC" });
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-soft">
        {t("scripts.schedule.day")}
      </label>
      <select
        id={id}
        value={day}
        onChange={(event) => onDay(Number(event.target.value))}
        className={`${FIELD} h-9.5 py-0! pointer-coarse:h-11`}
      >
        {DAYS.map((each) => (
          <option key={each} value={each}>
            {names.format(dateOf(each))}
          </option>
        ))}
      </select>
    </div>
  );
}

// 4 January 1970 was a Sunday, which cron calls 0.
function dateOf(day: number): Date {
  return new Date(Date.UTC(1970, 0, 4 + day));
}
