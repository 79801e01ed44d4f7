import * as Dialog from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import { type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { placeOf } from "./focusPlace";

interface WindowProps {
  title: string;
  /** What opens it. Without one it is open while it is on the page, and `onClose` takes it away. */
  trigger?: ReactNode;
  onClose?: () => void;
  isWide?: boolean;
  children: ReactNode;
}

const SHAPE =
  "fixed top-1/2 left-1/2 z-50 max-h-[85dvh] -translate-x-1/2 -translate-y-1/2 overflow-auto rounded-2xl border border-line bg-raised p-5 shadow-2xl outline-none sm:p-6";

/** A dialog in the middle of the page. */
export function Window({ title, trigger, onClose, isWide = false, children }: WindowProps): ReactNode {
  const { t } = useTranslation();
  const origin = useOrigin();
  const width = isWide ? "w-[min(46rem,calc(100vw-1.5rem))]" : "w-[min(32rem,calc(100vw-1.5rem))]";
  const held = trigger ? {} : { open: true, onOpenChange: (isOpen: boolean) => isOpen || onClose?.() };
  return (
    <Dialog.Root {...held}>
      {trigger && <Dialog.Trigger asChild>{trigger}</Dialog.Trigger>}
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/35" />
        <Dialog.Content
          aria-describedby={undefined}
          className={`${SHAPE} ${width}`}
          onOpenAutoFocus={begin}
          {...(trigger ? {} : { onCloseAutoFocus: (event: Event) => goBack(event, origin) })}
        >
          <div className="mb-3 flex items-start justify-between gap-4">
            <Dialog.Title className="min-w-0 text-lg font-semibold wrap-anywhere">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={t("ui.close")} className="-mt-1 -mr-2">
                <X aria-hidden="true" className="size-4.5" />
              </IconButton>
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What a window ends with, in sight however long the window is. */
export function WindowFoot({ children }: { children: ReactNode }): ReactNode {
  return (
    <div className="sticky -bottom-5 -mx-5 mt-4 -mb-5 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-raised px-5 py-4 sm:-bottom-6 sm:-mx-6 sm:-mb-6 sm:px-6">
      {children}
    </div>
  );
}

// Known before the window takes the focus, which it does in a later effect.
function useOrigin(): RefObject<HTMLElement | null> {
  const origin = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    origin.current = placeOf(document.activeElement);
  }, []);
  return origin;
}

// Where something is to be written or chosen, that comes before the button that closes; on a phone the keyboard would
// cover what is there to read.
function begin(event: Event): void {
  const first = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(
    "form input, form textarea, [data-first]",
  );
  if (!first || !window.matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  first.focus();
}

function goBack(event: Event, origin: RefObject<HTMLElement | null>): void {
  event.preventDefault();
  const place = origin.current?.isConnected ? origin.current : document.querySelector("main");
  place?.focus();
}
