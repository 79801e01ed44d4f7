import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { compareLines, type Side, type Stretch } from "./comparing";

const SIGNS: Record<Side, string> = { both: "", theirs: "−", mine: "+" };
const LOOKS: Record<Side, string> = {
  both: "border-transparent text-soft",
  theirs: "border-danger bg-[color-mix(in_oklab,var(--danger)_12%,transparent)]",
  mine: "border-accent bg-[color-mix(in_oklab,var(--accent)_14%,transparent)]",
};
const ROW = "grid grid-cols-[1.75rem_minmax(0,1fr)] border-l-3";

/** What the signs of a comparison mean. */
export function Legend(): ReactNode {
  const { t } = useTranslation();
  return (
    <p className="mt-3 flex flex-wrap gap-2 text-xs">
      {(["theirs", "mine"] as const).map((side) => (
        <span key={side} className={`rounded-r border-l-3 py-0.5 pr-2 pl-2 ${LOOKS[side]}`}>
          <span className="font-mono">{SIGNS[side]}</span> {t(`scripts.conflict.only.${side}`)}
        </span>
      ))}
    </p>
  );
}

interface ComparisonProps {
  title: string;
  theirs: string;
  mine: string;
}

/** Two versions of a text in one, line by line. */
export function Comparison({ title, theirs, mine }: ComparisonProps): ReactNode {
  const stretches = useMemo(() => compareLines(theirs, mine), [theirs, mine]);
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 text-xs font-medium text-soft">{title}</figcaption>
      <ol
        aria-label={title}
        dir="ltr"
        className="overflow-hidden rounded-xl border border-line bg-sunken py-1.5 font-mono text-xs leading-relaxed"
      >
        {stretches.map((stretch, place) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: a stretch has nothing but its place
          stretch.isFolded ? <Fold key={place} {...stretch} /> : <Lines key={place} {...stretch} />,
        )}
      </ol>
    </figure>
  );
}

function Lines({ side, lines }: Stretch): ReactNode {
  const { t } = useTranslation();
  return lines.map((line, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: neither has a line
    <li key={place} className={`${ROW} ${LOOKS[side]}`}>
      <span aria-hidden="true" className="text-center select-none">
        {SIGNS[side]}
      </span>
      {side !== "both" && <span className="sr-only">{t(`scripts.conflict.only.${side}`)}</span>}
      <span className="min-h-lh pr-3 whitespace-pre-wrap wrap-anywhere">{line}</span>
    </li>
  ));
}

function Fold(stretch: Stretch): ReactNode {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { side, lines } = stretch;
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary
          className={`${ROW} cursor-pointer items-center py-1 hover:bg-hover pointer-coarse:min-h-11 ${LOOKS[side]}`}
        >
          <span aria-hidden="true" className="text-center">
            {SIGNS[side] || "⋯"}
          </span>
          <span className="font-sans">{t(`scripts.conflict.folded.${side}`, { num: lines.length })}</span>
        </summary>
        {isOpen && (
          <ol>
            <Lines {...stretch} />
          </ol>
        )}
      </details>
    </li>
  );
}
