import { useTranslation } from "react-i18next";
import { writeNumber } from "../i18n/formats";
import { tookOf } from "./times";

/** How long something took, in words: "3 s". */
export function useTook(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) => {
    const { unit, num } = tookOf(seconds);
    return t(`tasks.took.${unit}`, { num: writeNumber(num) });
  };
}
