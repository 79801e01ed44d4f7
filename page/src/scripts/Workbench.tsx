import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedScript } from "../api.generated";
import { ConflictWindow } from "./ConflictWindow";
import { Console } from "./Console";
import { Head } from "./Head";
import { Panel, type PanelName } from "./Panel";
import { Tabs } from "./Tabs";
import { useKeys } from "./useKeys";
import { useRun } from "./useRun";
import { useScript } from "./useScript";

const Editor = lazy(() => import("./Editor"));

/** What the narrow page shows at a time. */
export type View = "code" | "console" | PanelName;

interface WorkbenchProps {
  /** Null for a new one. */
  saved: SavedScript | null;
  isRoomy: boolean;
}

/** One script: its code, its runs, and what belongs to it. */
export function Workbench({ saved, isRoomy }: WorkbenchProps): ReactNode {
  const { t } = useTranslation();
  const script = useScript(saved);
  const run = useRun(script);
  const bench = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>("code");
  const [panel, setPanel] = useState<PanelName | null>(null);

  async function start(): Promise<void> {
    if (!isRoomy) setView("console");
    await run.run();
  }

  useKeys({ Enter: start, s: script.save });

  function show(taskId: string): void {
    run.show(taskId);
    if (!isRoomy) setView("console");
  }

  // The button that closes goes away with the panel: the one that opened it has the focus again.
  function close(): void {
    bench.current?.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
    setPanel(null);
  }

  const isShown = (part: View) => isRoomy || view === part;
  const side = isRoomy ? panel : isPanel(view) ? view : null;
  return (
    <div ref={bench} className="flex min-w-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <Head
          {...{ script, run, isRoomy, panel }}
          hasOptions={isShown("code")}
          onRun={() => void start()}
          onPanel={setPanel}
        />
        {!isRoomy && <Tabs view={view} onView={setView} />}
        <div
          hidden={!isShown("code")}
          className="flex min-h-0 flex-3 flex-col border-t border-line [&[hidden]]:hidden"
        >
          <Suspense fallback={<div className="flex-1" />}>
            <Editor text={script.draft.script} onType={(text) => script.type("script", text)} />
          </Suspense>
        </div>
        {isShown("console") && <Console run={run} isAlone={!isRoomy} />}
        {!isRoomy && side && <Panel name={side} {...{ script, run }} onShow={show} />}
      </div>
      {isRoomy && side && (
        <aside
          aria-label={t(`scripts.panel.${side}`)}
          className="flex w-80 shrink-0 flex-col border-l border-line"
        >
          <Panel name={side} {...{ script, run }} onShow={show} onClose={close} />
        </aside>
      )}
      {script.conflict && <ConflictWindow script={script} conflict={script.conflict} />}
    </div>
  );
}

function isPanel(view: View): view is PanelName {
  return view !== "code" && view !== "console";
}
