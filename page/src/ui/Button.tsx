import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

type Kind = "primary" | "plain" | "quiet";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  ref?: Ref<HTMLButtonElement>;
  /** In a window: has the focus when that opens. */
  "data-first"?: boolean;
}

const SHAPE =
  "inline-flex items-center justify-center gap-2 rounded-lg text-sm font-medium transition-colors select-none disabled:opacity-45";
const COLOURS: Record<Kind, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "border border-line bg-raised text-ink hover:border-faint hover:bg-sunken",
  quiet: "text-soft hover:bg-sunken hover:text-ink",
};

export function Button({ kind = "plain", className = "", ...rest }: ButtonProps): ReactNode {
  return <button type="button" className={`${SHAPE} ${COLOURS[kind]} px-3 py-1.5 ${className}`} {...rest} />;
}

interface IconButtonProps extends ButtonProps {
  /** What the button does, in words: the picture alone says it to nobody who cannot see. */
  label: string;
}

export function IconButton({ label, kind = "quiet", className = "", ...rest }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`${SHAPE} ${COLOURS[kind]} size-9 shrink-0 ${className}`}
      {...rest}
    />
  );
}
