import type { ReactNode } from "react";

interface ProgressProps {
  label: string;
  /** 0 to 100; null while nobody knows. */
  percent: number | null;
}

/** How far something is, as a bar. */
export function Progress({ label, percent }: ProgressProps): ReactNode {
  const isKnown = percent !== null;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={isKnown ? Math.round(percent) : undefined}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken"
    >
      <div
        className={`h-full rounded-full bg-accent transition-[width] ${isKnown ? "" : "animate-breathe"}`}
        style={{ width: `${isKnown ? percent : 100}%` }}
      />
    </div>
  );
}
