import { Check, Minus } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";

interface TickProps {
  label: string;
  isOn: boolean;
  /** Some of what it stands for is on. */
  isPartly?: boolean;
  /** In a grid the cells have the focus, and a key of theirs ticks. */
  isStep?: boolean;
  onChange: (isRange: boolean) => void;
}

const BOX =
  "pointer-events-none flex size-4 items-center justify-center rounded-[5px] border text-on-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent";
const MARK = "size-3 stroke-3";

/** A box to tick, which is met by a finger beyond its drawing. */
export function Tick({ label, isOn, isPartly = false, isStep = true, onChange }: TickProps): ReactNode {
  const box = useRef<HTMLInputElement>(null);
  const isRange = useRef(false);
  useEffect(() => {
    if (box.current) box.current.indeterminate = isPartly;
  }, [isPartly]);
  return (
    <label
      className="relative flex size-9 shrink-0 cursor-pointer items-center justify-center pointer-coarse:size-11"
      onMouseDown={(event) => {
        isRange.current = event.shiftKey;
      }}
    >
      <input
        ref={box}
        type="checkbox"
        aria-label={label}
        tabIndex={isStep ? undefined : -1}
        checked={isOn}
        onChange={() => {
          onChange(isRange.current);
          isRange.current = false;
        }}
        className="peer absolute inset-0 cursor-pointer appearance-none outline-none"
      />
      <span
        aria-hidden="true"
        className={`${BOX} ${isOn || isPartly ? "border-accent bg-accent" : "border-faint bg-raised"}`}
      >
        {isPartly ? <Minus className={MARK} /> : isOn && <Check className={MARK} />}
      </span>
    </label>
  );
}
