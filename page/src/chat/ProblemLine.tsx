import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "./asking";
import { NextSteps } from "./NextSteps";

interface ProblemLineProps {
  problem: Problem;
  onAgain: (model?: string) => void;
}

/** Why a question did not go out, and what to do. */
export function ProblemLine({ problem, onAgain }: ProblemLineProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pb-2 text-sm">
      <p role="alert" className="min-w-0 flex-1 basis-60 wrap-anywhere text-danger">
        {t("chat.notSent", { reason: problem.error.message })}
      </p>
      <NextSteps error={problem.error} since={problem.at} onAgain={onAgain} />
    </div>
  );
}
