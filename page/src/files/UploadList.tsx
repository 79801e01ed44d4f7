import { Check, CircleAlert, FolderOpen, Pause, Play, WifiOff, X } from "lucide-react";
import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { writeBytes } from "../i18n/formats";
import { IconButton } from "../ui/Button";
import { Progress } from "../ui/Progress";
import { uploads } from "./pageUploads";
import type { FileUpload } from "./uploads";

const SHOWN_MS = 4_000;

export function useUploads(): readonly FileUpload[] {
  return useSyncExternalStore(uploads.watch, () => uploads.list);
}

/** The files on their way, each with how far it is and what can be done with it. */
export function UploadList({ onChoose }: { onChoose: () => void }): ReactNode {
  const { t } = useTranslation();
  const list = useUploads();
  const isAnyDone = list.some((each) => each.state === "done");
  useEffect(() => {
    if (!isAnyDone) return;
    const timer = setTimeout(() => uploads.clearDone(), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isAnyDone]);
  if (list.length === 0) return null;
  return (
    <section
      aria-label={t("files.uploads")}
      className="mx-3 mb-3 max-h-[40%] shrink-0 overflow-y-auto rounded-2xl border border-line bg-panel sm:mx-4"
    >
      <ul className="divide-y divide-line">
        {list.map((each) => (
          <UploadRow key={each.key} upload={each} onChoose={onChoose} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ upload, onChoose }: { upload: FileUpload; onChoose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { name, size, sent, state } = upload;
  const isMoving = state === "sending" || state === "paused" || state === "lost";
  return (
    <li data-state={state} className="flex items-center gap-3 py-2 pr-2 pl-3.5 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={name}>
          {name}
        </p>
        {isMoving && (
          <div className="my-1.5">
            <Progress label={t("files.progress", { name })} percent={(100 * sent) / Math.max(size, 1)} />
          </div>
        )}
        <StateLine upload={upload} />
      </div>
      <Buttons upload={upload} onChoose={onChoose} />
    </li>
  );
}

const ICONS = { lost: WifiOff, failed: CircleAlert, done: Check } as const;
const COLOURS = { lost: "text-warn", failed: "text-danger", done: "text-accent" } as const;

function StateLine({ upload }: { upload: FileUpload }): ReactNode {
  const { t } = useTranslation();
  const { state, error } = upload;
  const words = { sent: writeBytes(upload.sent), size: writeBytes(upload.size) };
  const Icon = state in ICONS ? ICONS[state as keyof typeof ICONS] : null;
  const colour = state in COLOURS ? COLOURS[state as keyof typeof COLOURS] : "";
  const text = state === "failed" ? error?.message || t("errors.unknown") : t(`files.state.${state}`, words);
  return (
    <p
      role={state === "sending" ? undefined : "status"}
      className="flex items-start gap-1.5 text-xs text-soft tabular-nums"
    >
      {Icon && <Icon aria-hidden="true" className={`mt-0.5 size-3.5 shrink-0 ${colour}`} />}
      <span className="min-w-0 wrap-anywhere">{text}</span>
    </p>
  );
}

function Buttons({ upload, onChoose }: { upload: FileUpload; onChoose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { key, name, state, error } = upload;
  if (state === "done") return null;
  const isOn = state === "sending" || state === "waiting";
  return (
    <span className="flex shrink-0">
      {/* What the file itself is wrong in does not get better by trying again. */}
      {error?.name === "InvalidArguments" ? null : state === "left" ? (
        <IconButton label={t("files.chooseAgain", { name })} onClick={onChoose}>
          <FolderOpen aria-hidden="true" className="size-4" />
        </IconButton>
      ) : (
        <IconButton
          label={t(isOn ? "files.pause" : "files.resume", { name })}
          onClick={() => (isOn ? uploads.pause(key) : uploads.resume(key))}
        >
          {isOn ? (
            <Pause aria-hidden="true" className="size-4" />
          ) : (
            <Play aria-hidden="true" className="size-4" />
          )}
        </IconButton>
      )}
      <IconButton label={t("files.cancel", { name })} onClick={() => uploads.cancel(key)}>
        <X aria-hidden="true" className="size-4" />
      </IconButton>
    </span>
  );
}
