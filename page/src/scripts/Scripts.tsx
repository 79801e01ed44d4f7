import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ScriptLine } from "../api.generated";
import { go } from "../shell/place";
import { Top } from "../shell/Top";
import { useTaskEvents } from "../tasks/reading";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { useRoomy } from "../ui/room";
import { Trouble } from "../ui/Trouble";
import { EmptyState } from "./EmptyState";
import { benchOf, keptDraft, useKeeping } from "./keeping";
import { inOrder } from "./order";
import { useSavedScript, useScriptEvents, useScripts } from "./reading";
import { ScriptList } from "./ScriptList";
import { Workbench } from "./Workbench";

/** The area of page scripts: those that are saved, and one of them open. */
export default function Scripts({ rest }: { rest: string }): ReactNode {
  const { t } = useTranslation();
  const reading = useScripts();
  const isRoomy = useRoomy();
  useScriptEvents();
  useTaskEvents();
  return (
    <>
      <Top title={t("areas.scripts")} />
      <Contents rest={rest} reading={reading} isRoomy={isRoomy} />
    </>
  );
}

interface ContentsProps {
  rest: string;
  reading: ReturnType<typeof useScripts>;
  isRoomy: boolean;
}

function Contents({ rest, reading, isRoomy }: ContentsProps): ReactNode {
  const { t } = useTranslation();
  const scripts = reading.data && inOrder(reading.data);
  useFirst(rest, scripts, isRoomy);
  useKeeping();
  if (!scripts) {
    if (!reading.isError) return <div className="flex-1" />;
    const retry = { label: t("ui.retry"), run: () => void reading.refetch() };
    return <Trouble what={t("scripts.listFailed")} why={reason(reading.error)} action={retry} />;
  }
  if (!rest && scripts.length === 0 && !keptDraft(null)) return <EmptyState />;
  return (
    <div className="flex min-h-0 flex-1">
      {(isRoomy || !rest) && <ScriptList scripts={scripts} openId={rest} isNarrow={!isRoomy} />}
      {rest && <Bench key={benchOf(idOf(rest))} id={idOf(rest)} isRoomy={isRoomy} />}
    </div>
  );
}

// Where there is room beside the list, something stands there.
function useFirst(rest: string, scripts: ScriptLine[] | undefined, isRoomy: boolean): void {
  const first = keptDraft(null) ? "new" : scripts?.[0]?.id;
  const isAsked = isRoomy && rest === "" && scripts !== undefined && first !== undefined;
  useEffect(() => {
    if (isAsked) go(`/scripts/${first}`, true);
  }, [isAsked, first]);
}

function idOf(rest: string): string | null {
  return rest === "new" ? null : rest;
}

// What is open stays as it is when a new script gets its id.
function Bench({ id, isRoomy }: { id: string | null; isRoomy: boolean }): ReactNode {
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useSavedScript(id);
  const saved = id === null ? null : data;
  const isMissing = error?.name === "NotFound" || error?.name === "InvalidArguments";
  useEffect(() => {
    if (!isMissing) return;
    notify(t("scripts.missing"));
    go("/scripts", true);
  }, [isMissing, t]);
  if (saved !== undefined) return <Workbench saved={saved} isRoomy={isRoomy} />;
  if (!isError || isMissing) return <div className="flex-1" />;
  const retry = { label: t("ui.retry"), run: () => void refetch() };
  return <Trouble what={t("scripts.readFailed")} why={reason(error)} action={retry} />;
}
