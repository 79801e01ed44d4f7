import { useQueryClient } from "@tanstack/react-query";
import {
  CalendarClock,
  ChevronLeft,
  Copy,
  Ellipsis,
  History,
  type LucideIcon,
  Monitor,
  Play,
  Save,
  SlidersHorizontal,
  Square,
  Trash2,
} from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { go } from "../shell/place";
import { Button, IconButton } from "../ui/Button";
import { FIELD } from "../ui/Fields";
import { Menu, MenuItem, MenuLine } from "../ui/Menu";
import { deleteScript, duplicateScript } from "./changing";
import { EMPTY, MAX_NAME } from "./drafts";
import { Options } from "./Options";
import { OriginLine } from "./OriginLine";
import { PANELS, type PanelName } from "./Panel";
import type { RunState } from "./useRun";
import type { ScriptState } from "./useScript";

interface HeadProps {
  script: ScriptState;
  run: RunState;
  isRoomy: boolean;
  /** The options belong to the code. */
  hasOptions: boolean;
  panel: PanelName | null;
  onPanel: (panel: PanelName | null) => void;
  onRun: () => void;
}

/** Above the code: what the script is called, where it starts, and what can be done with it. */
export function Head(props: HeadProps): ReactNode {
  const { script, hasOptions } = props;
  const [isOpen, setOpen] = useState(false);
  const hasProblem = Boolean(script.problems.timeout || script.problems.origins);
  return (
    <div className="flex shrink-0 flex-col gap-2 px-3 pb-2">
      <NameRow {...props} />
      <AddressRow {...props} isOpen={isOpen} onOpen={setOpen} />
      <OriginLine script={script} />
      {hasOptions && (isOpen || hasProblem) && <Options script={script} />}
    </div>
  );
}

function NameRow({ script, isRoomy, panel, onPanel }: HeadProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex items-center gap-1">
      {!isRoomy && (
        <IconButton
          label={t("scripts.all")}
          className="-ml-1.5 pointer-coarse:size-11"
          onClick={() => go("/scripts")}
        >
          <ChevronLeft aria-hidden="true" className="size-5" />
        </IconButton>
      )}
      <input
        aria-label={t("scripts.name")}
        value={script.draft.name}
        maxLength={MAX_NAME}
        placeholder={t("scripts.untitled")}
        autoComplete="off"
        onChange={(event) => script.type("name", event.target.value)}
        onKeyDown={(event) => isEnter(event) && void script.save()}
        className="h-9 min-w-0 flex-1 rounded-lg border border-transparent bg-transparent px-2 font-medium outline-none placeholder:text-faint hover:border-line focus:border-accent focus:bg-canvas pointer-coarse:h-11"
      />
      {isRoomy &&
        PANELS.map((each) => (
          <IconButton
            key={each}
            label={t(`scripts.panel.${each}`)}
            aria-pressed={each === panel}
            className="aria-pressed:bg-sunken aria-pressed:text-ink"
            onClick={() => onPanel(each === panel ? null : each)}
          >
            <PanelIcon name={each} />
          </IconButton>
        ))}
      <ScriptMenu script={script} />
    </div>
  );
}

const ICONS: Record<PanelName, LucideIcon> = { picture: Monitor, schedule: CalendarClock, history: History };

function PanelIcon({ name }: { name: PanelName }): ReactNode {
  const Icon = ICONS[name];
  return <Icon aria-hidden="true" className="size-4.5" />;
}

interface AddressRowProps extends HeadProps {
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}

function AddressRow({ script, run, isRoomy, onRun, isOpen, onOpen }: AddressRowProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex items-start gap-2">
      <Address script={script} />
      <IconButton
        label={t("scripts.options")}
        kind="plain"
        aria-expanded={isOpen}
        className="aria-expanded:bg-sunken pointer-coarse:size-11"
        onClick={() => onOpen(!isOpen)}
      >
        <SlidersHorizontal aria-hidden="true" className="size-4" />
      </IconButton>
      <SaveButton script={script} isRoomy={isRoomy} />
      <RunButton run={run} onRun={onRun} />
    </div>
  );
}

function Address({ script }: { script: ScriptState }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const isBad = script.problems.url !== undefined;
  return (
    <div className="min-w-0 flex-1">
      <input
        aria-label={t("scripts.url")}
        aria-invalid={isBad}
        aria-describedby={isBad ? id : undefined}
        value={script.draft.url}
        inputMode="url"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck="false"
        placeholder={t("scripts.urlExample")}
        onChange={(event) => script.type("url", event.target.value)}
        className={`${FIELD} h-9 py-0! pointer-coarse:h-11`}
      />
      {isBad && (
        <p id={id} role="alert" className="mt-1 text-xs text-danger">
          {t("scripts.problem.url")}
        </p>
      )}
    </div>
  );
}

function SaveButton({ script, isRoomy }: { script: ScriptState; isRoomy: boolean }): ReactNode {
  const { t } = useTranslation();
  const mayBeSaved = script.isChanged && !script.isSaving;
  return (
    <Button
      aria-label={script.isChanged ? t("scripts.saveChanges") : t("ui.save")}
      aria-disabled={!mayBeSaved}
      className="relative h-9 aria-disabled:opacity-45 pointer-coarse:h-11"
      onClick={() => void (mayBeSaved && script.save())}
    >
      <Save aria-hidden="true" className="size-4" />
      {isRoomy && t("ui.save")}
      {script.isChanged && (
        <span
          aria-hidden="true"
          className="absolute -top-1 -right-1 size-2.5 rounded-full border-2 border-canvas bg-warn"
        />
      )}
    </Button>
  );
}

function RunButton({ run, onRun }: { run: RunState; onRun: () => void }): ReactNode {
  const { t } = useTranslation();
  const shape = "h-9 min-w-20 pointer-coarse:h-11";
  if (run.isRunning) {
    const isStopping = run.task?.is_stopping;
    return (
      <Button className={shape} aria-disabled={isStopping} onClick={() => void (isStopping || run.stop())}>
        <Square aria-hidden="true" className="size-3.5 fill-current" />
        {t("ui.stop")}
      </Button>
    );
  }
  return (
    <Button kind="primary" className={shape} aria-disabled={run.isStarting} onClick={onRun}>
      <Play aria-hidden="true" className="size-4" />
      {t("scripts.run")}
    </Button>
  );
}

function ScriptMenu({ script }: { script: ScriptState }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { saved } = script;
  const icon = "size-4";
  return (
    <Menu
      trigger={
        <IconButton label={t("scripts.more")} className="pointer-coarse:size-11">
          <Ellipsis aria-hidden="true" className={icon} />
        </IconButton>
      }
    >
      {saved && (
        <MenuItem
          icon={<Copy aria-hidden="true" className={icon} />}
          onSelect={() => void duplicateScript(queries, saved)}
        >
          {t("scripts.duplicate")}
        </MenuItem>
      )}
      {saved && script.isChanged && (
        <MenuItem onSelect={() => script.putBack()}>{t("scripts.putBack")}</MenuItem>
      )}
      {saved && <MenuLine />}
      <MenuItem
        danger
        icon={<Trash2 aria-hidden="true" className={icon} />}
        onSelect={() => (saved ? void deleteScript(queries, saved) : leaveNew(script))}
      >
        {t("scripts.delete")}
      </MenuItem>
    </Menu>
  );
}

function leaveNew(script: ScriptState): void {
  script.put(EMPTY);
  go("/scripts", true);
}

function isEnter(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.nativeEvent.isComposing;
}
