import { Search } from "lucide-react";
import type { ReactNode } from "react";

interface SearchBoxProps {
  label: string;
  words: string;
  onChange: (words: string) => void;
}

const MAX_WORDS = 200;

/** A field that searches what stands below it. */
export function SearchBox({ label, words, onChange }: SearchBoxProps): ReactNode {
  return (
    <label className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-lg border border-line bg-raised px-2.5 text-sm text-faint transition-colors focus-within:border-accent pointer-coarse:h-11">
      <Search aria-hidden="true" className="size-4 shrink-0" />
      <input
        type="search"
        value={words}
        maxLength={MAX_WORDS}
        aria-label={label}
        placeholder={label}
        onChange={(event) => onChange(event.target.value)}
        className="h-full min-w-0 flex-1 bg-transparent text-ink outline-none placeholder:text-faint"
      />
    </label>
  );
}
