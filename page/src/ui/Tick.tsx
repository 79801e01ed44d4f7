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

/** A box to tick, which is met by a finger beyond its drawing. */
export function Tick({ label, isOn, isPartly = false, isStep = true, onChange }: TickProps): ReactNode {
  const box = useRef<HTMLInputElement>(null);
  const isRange = useRef(false);
  useEffect(() => {
    if (box.current) box.current.indeterminate = isPartly;
  }, [isPartly]);
  return (
    <label
      className="flex size-9 shrink-0 cursor-pointer items-center justify-center pointer-coarse:size-11"
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
        className="size-4 cursor-pointer accent-accent"
      />
    </label>
  );
}
