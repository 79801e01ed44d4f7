import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { PANELS } from "./Panel";
import type { View } from "./Workbench";

const VIEWS: readonly View[] = ["code", "console", ...PANELS];

/** On a narrow page: which part of the workbench is shown. */
export function Tabs({ view, onView }: { view: View; onView: (view: View) => void }): ReactNode {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = (VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length;
    onView(VIEWS[at] ?? view);
    list.current?.querySelectorAll("button")[at]?.focus();
  }

  return (
    <div
      ref={list}
      role="tablist"
      aria-label={t("scripts.parts")}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="flex shrink-0 px-1"
    >
      {VIEWS.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          aria-selected={each === view}
          tabIndex={each === view ? 0 : -1}
          onClick={() => onView(each)}
          className="h-11 min-w-0! flex-auto truncate border-b-2 border-transparent px-1 text-sm text-soft aria-selected:border-accent aria-selected:font-medium aria-selected:text-ink"
        >
          {t(`scripts.panel.${each}`)}
        </button>
      ))}
    </div>
  );
}
