import { Search } from "lucide-react";
import type { ReactNode } from "react";

interface SearchBoxProps {
  label: string;
  words: string;
  /** In the navigation it has a frame only while somebody writes. */
  isQuiet?: boolean;
  onChange: (words: string) => void;
}

const MAX_WORDS = 200;
const FRAMED =
  "h-9 gap-2 border-line bg-raised transition-colors focus-within:border-accent pointer-coarse:h-11";
const QUIET =
  "gap-2.5 border-transparent focus-within:border-line focus-within:bg-raised hover:bg-hover focus-within:hover:bg-raised";

/** A field that searches what stands below it. */
export function SearchBox({ label, words, isQuiet = false, onChange }: SearchBoxProps): ReactNode {
  return (
    <label
      className={`flex min-w-0 flex-1 items-center rounded-lg border px-2.5 text-sm text-faint ${isQuiet ? QUIET : FRAMED}`}
    >
      <Search aria-hidden="true" className={`shrink-0 ${isQuiet ? "size-4.5" : "size-4"}`} />
      <input
        type="search"
        value={words}
        maxLength={MAX_WORDS}
        aria-label={label}
        placeholder={label}
        onChange={(event) => onChange(event.target.value)}
        className={`min-w-0 flex-1 bg-transparent text-ink outline-none placeholder:text-faint ${isQuiet ? "py-2" : "h-full"}`}
      />
    </label>
  );
}
