import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";

/** How a field for words looks. */
export const FIELD =
  "w-full min-w-0 rounded-lg border border-line bg-canvas px-3 py-2 text-sm outline-none transition-colors placeholder:text-faint focus:border-accent aria-invalid:border-danger";

interface Words {
  label: string;
  hint?: string | undefined;
  /** Why its text cannot be taken. */
  problem?: string | null | undefined;
}

interface FieldIds {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
}

type InputProps = Words &
  Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> & { onChange: (text: string) => void };
type AreaProps = Words &
  Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> & { onChange: (text: string) => void };

/** A line of text with its name above it. */
export function TextField({
  label,
  hint,
  problem,
  onChange,
  className = "",
  ...rest
}: InputProps): ReactNode {
  return (
    <Labelled label={label} hint={hint} problem={problem}>
      {(ids) => (
        <input
          {...ids}
          {...rest}
          onChange={(event) => onChange(event.target.value)}
          className={`${FIELD} ${className}`}
        />
      )}
    </Labelled>
  );
}

/** A text of several lines with its name above it. */
export function TextArea({ label, hint, problem, onChange, className = "", ...rest }: AreaProps): ReactNode {
  return (
    <Labelled label={label} hint={hint} problem={problem}>
      {(ids) => (
        <textarea
          {...ids}
          {...rest}
          onChange={(event) => onChange(event.target.value)}
          className={`${FIELD} ${className}`}
        />
      )}
    </Labelled>
  );
}

function Labelled({
  label,
  hint,
  problem,
  children,
}: Words & { children: (ids: FieldIds) => ReactNode }): ReactNode {
  const id = useId();
  const told = problem || hint;
  const ids = { id, "aria-describedby": told ? `${id}-told` : undefined, "aria-invalid": Boolean(problem) };
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-soft">
        {label}
      </label>
      {children(ids)}
      {told && (
        <p
          id={`${id}-told`}
          role={problem ? "alert" : undefined}
          className={`mt-1 text-xs wrap-anywhere ${problem ? "text-danger" : "text-faint"}`}
        >
          {told}
        </p>
      )}
    </div>
  );
}
