import { X } from "lucide-react";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { keepFocus } from "./focusPlace";
import { currentNotices, dismiss, type Notice, watchNotices } from "./notify";

const SHOWN_MS = 8_000;

export function Notices(): ReactNode {
  const { t } = useTranslation();
  const notices = useSyncExternalStore(watchNotices, currentNotices);
  return (
    <section
      aria-label={t("ui.notifications")}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-28 min-[56rem]:left-[17.5rem] z-50 flex flex-col items-center gap-2 px-4"
    >
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeLine({ notice }: { notice: Notice }): ReactNode {
  const { t } = useTranslation();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(notice.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, notice.id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer or the focus on it only keeps it there
    <div
      className="pointer-events-auto flex max-w-full animate-appear items-center gap-1 rounded-xl bg-ink py-1.5 pr-1.5 pl-4 text-sm text-canvas shadow-xl"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className="min-w-0 truncate">{notice.text}</span>
      {notice.action && <ActionButton notice={notice} />}
      <IconButton
        label={t("ui.close")}
        className="size-8 text-canvas! opacity-70 hover:bg-canvas/15! hover:opacity-100"
        onClick={() => leave(notice)}
      >
        <X aria-hidden="true" className="size-4" />
      </IconButton>
    </div>
  );
}

function ActionButton({ notice }: { notice: Notice }): ReactNode {
  return (
    <button
      type="button"
      className="ml-2 shrink-0 rounded-lg px-2.5 py-1.5 font-semibold underline underline-offset-4 hover:bg-canvas/15"
      onClick={() => {
        leave(notice);
        notice.action?.run();
      }}
    >
      {notice.action?.label}
    </button>
  );
}

// Its buttons go away with it.
function leave(notice: Notice): void {
  dismiss(notice.id);
  keepFocus();
}
