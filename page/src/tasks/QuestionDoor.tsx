import { lazy, type ReactNode, Suspense } from "react";
import { withTexts } from "../i18n/i18n";
import { AreaBoundary } from "../shell/AreaBoundary";
import { useQuestionEvents, useQuestions } from "./questions";

const QuestionStrip = lazy(() => withTexts("tasks", () => import("./QuestionStrip")));

/** Loads the strip with a question as soon as a task asks one. `isThere`: the reader is among the tasks already. */
export function QuestionDoor({ isThere }: { isThere: boolean }): ReactNode {
  useQuestionEvents();
  const questions = useQuestions();
  const [first] = questions;
  if (!first || isThere) return null;
  return (
    <AreaBoundary>
      <Suspense>
        <QuestionStrip task={first} numMore={questions.length - 1} />
      </Suspense>
    </AreaBoundary>
  );
}
