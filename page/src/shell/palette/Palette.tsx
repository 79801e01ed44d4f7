import * as Dialog from "@radix-ui/react-dialog";
import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDrawer } from "../drawer";
import { KeyList } from "./KeyList";
import { OptionList, optionId } from "./OptionList";
import { openPalette, returnFocus, usePaletteOpen } from "./opening";
import { beside, type Option } from "./options";
import { useOptions } from "./useOptions";

/** Everything the page can do, found by its name: a field, and a list below it. */
export default function Palette(): ReactNode {
  const { t } = useTranslation();
  const isOpen = usePaletteOpen();
  const drawer = useDrawer();
  const [shows, setShows] = useState<"options" | "keys">("options");
  const chosen = useRef<Option | null>(null);

  function choose(option: Option): void {
    if (option.id === "keys") {
      option.run();
      return;
    }
    chosen.current = option;
    drawer.setOpen(false);
    openPalette(false);
  }

  // Once the palette is gone, so that what the option does may take the focus.
  function finish(event: Event): void {
    setShows("options");
    const before = location.hash;
    event.preventDefault();
    chosen.current?.run();
    chosen.current = null;
    if (location.hash === before) returnFocus();
    else requestAnimationFrame(focusPlace);
  }

  return (
    <Dialog.Root open={isOpen} onOpenChange={openPalette}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 animate-fade bg-black/35" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={finish}
          className="fixed top-[min(12dvh,6rem)] left-1/2 z-50 flex max-h-[min(32rem,80dvh)] w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 animate-fade flex-col overflow-hidden rounded-2xl border border-line bg-raised shadow-2xl outline-none"
        >
          <Dialog.Title className="sr-only">{t("shell.palette.title")}</Dialog.Title>
          {shows === "keys" ? (
            <KeyList onBack={() => setShows("options")} />
          ) : (
            <Finder onChoose={choose} onKeys={() => setShows("keys")} />
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

// Whoever went somewhere goes on there; an area that has a field for words has taken the focus by itself.
function focusPlace(): void {
  if (document.activeElement === document.body) document.querySelector("main")?.focus();
}

function Finder({ onChoose, onKeys }: { onChoose: (option: Option) => void; onKeys: () => void }): ReactNode {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const [wanted, setWanted] = useState<string | null>(null);
  const { groups, isSearching } = useOptions(words.trim(), onKeys);
  const options = groups.flatMap((group) => group.options);
  const active = beside(options, wanted, 0);

  function onKeyDown(event: KeyboardEvent): void {
    // An input method takes these keys for itself; Safari marks them by the code 229 alone.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setWanted(beside(options, active?.id ?? null, step)?.id ?? null);
    else if (event.key === "Enter" && active) onChoose(active);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className="flex shrink-0 items-center gap-3 border-b border-line px-4">
        <Search aria-hidden="true" className="size-4.5 shrink-0 text-faint" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-options"
          aria-activedescendant={active ? optionId(active) : undefined}
          aria-autocomplete="list"
          aria-label={t("shell.palette.field")}
          placeholder={t("shell.palette.field")}
          autoComplete="off"
          spellCheck="false"
          maxLength={200}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setWanted(null);
          }}
          onKeyDown={onKeyDown}
          className="h-13 min-w-0 flex-1 bg-transparent outline-none placeholder:text-faint"
        />
      </div>
      <OptionList
        groups={groups}
        active={active}
        onPoint={(option) => setWanted(option.id)}
        onChoose={onChoose}
      />
      <p role="status" className={options.length || isSearching ? "sr-only" : "px-4 py-6 text-sm text-faint"}>
        {!options.length && !isSearching && t("shell.palette.nothing")}
      </p>
    </>
  );
}
