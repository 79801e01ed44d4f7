import i18next from "i18next";
import type { Problem } from "./drafts";

/** What is wrong with a field, and what to write there. */
export function problemText(problem: Problem): string {
  if (problem.kind !== "attributesBad") return i18next.t(`items.problem.${problem.kind}`);
  const { line, near } = problem;
  return near
    ? i18next.t("items.problem.attributesBad", { line, near })
    : i18next.t("items.problem.attributesCut", { line });
}
