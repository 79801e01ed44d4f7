import { ChartNoAxesColumn } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Figures as Facts } from "../api.generated";
import { IconButton } from "../ui/Button";

/** What an answer took, shown when asked for. */
export function Figures({ figures }: { figures: Facts }): ReactNode {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton
        label={t("chat.figures.show")}
        aria-expanded={isOpen}
        className="size-8"
        onClick={() => setOpen(!isOpen)}
      >
        <ChartNoAxesColumn aria-hidden="true" className="size-4" />
      </IconButton>
      {isOpen && <Words figures={figures} />}
    </>
  );
}

function Words({ figures }: { figures: Facts }): ReactNode {
  const { t, i18n } = useTranslation();
  const seconds = new Intl.NumberFormat(i18n.language, {
    style: "unit",
    unit: "second",
    maximumSignificantDigits: 2,
  });
  const { prompt_tokens: asked, completion_tokens: said, first_word_ms: first, total_ms: total } = figures;
  const number = new Intl.NumberFormat(i18n.language);
  const parts = [
    asked !== null &&
      said !== null &&
      t("chat.figures.tokens", { asked: number.format(asked), said: number.format(said) }),
    first !== null && t("chat.figures.first", { time: seconds.format(first / 1000) }),
    t("chat.figures.total", { time: seconds.format(total / 1000) }),
  ];
  return <span className="min-w-0 truncate px-1 tabular-nums">{parts.filter(Boolean).join(" · ")}</span>;
}
