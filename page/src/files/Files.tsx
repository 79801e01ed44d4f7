import { Upload } from "lucide-react";
import { type ReactNode, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as StoredFile } from "../api.generated";
import { go } from "../shell/place";
import { Top } from "../shell/Top";
import { Button } from "../ui/Button";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { SearchBox } from "../ui/SearchBox";
import { Trouble } from "../ui/Trouble";
import { useSettled } from "../ui/useSettled";
import { EmptyState } from "./EmptyState";
import { FileTable } from "./FileTable";
import { PreviewWindow } from "./PreviewWindow";
import { uploads } from "./pageUploads";
import { useFile, useFileEvents, useFiles } from "./reading";
import { StorageLine } from "./StorageLine";
import { UploadList, useUploads } from "./UploadList";
import { useDrop } from "./useDrop";

/** The area of files: what is there, what is on its way, and a place to drop more. */
export default function Files({ rest }: { rest: string }): ReactNode {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const search = useSettled(words.trim());
  const reading = useFiles(search);
  const chooser = useRef<HTMLInputElement>(null);
  const add = useCallback((files: Iterable<File>) => uploads.add(files), []);
  const isOver = useDrop(add);
  const choose = useCallback(() => chooser.current?.click(), []);
  useFileEvents();
  useAsked(rest, choose);
  const files = reading.data;
  const numUploads = useUploads().length;
  const isEmpty = files?.length === 0 && search === "" && numUploads === 0;
  useFocusKept(isEmpty);
  return (
    <>
      <Top title={t("areas.files")} />
      <Chooser field={chooser} onFiles={add} />
      {isEmpty ? (
        <EmptyState onChoose={choose} />
      ) : (
        <>
          <Head words={words} onWords={setWords} onChoose={choose} />
          <UploadList onChoose={choose} />
          <List reading={reading} search={search} />
        </>
      )}
      <StorageLine />
      {isOver && <DropPlace />}
      <Preview rest={rest} files={files} />
    </>
  );
}

// The button of the empty area goes away with the first file, and would take the focus with it.
function useFocusKept(isEmpty: boolean): void {
  const wasEmpty = useRef(isEmpty);
  useEffect(() => {
    if (wasEmpty.current && !isEmpty && document.activeElement === document.body)
      document.querySelector("main")?.focus();
    wasEmpty.current = isEmpty;
  }, [isEmpty]);
}

// Whoever came by a command wants to choose at once; the browser opens its dialog only on a press of the reader's.
function useAsked(rest: string, choose: () => void): void {
  useEffect(() => {
    if (rest !== "upload") return;
    go("/files", true);
    if (navigator.userActivation?.isActive !== false) choose();
  }, [rest, choose]);
}

interface HeadProps {
  words: string;
  onWords: (words: string) => void;
  onChoose: () => void;
}

function Head({ words, onWords, onChoose }: HeadProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex shrink-0 items-center gap-2 px-3 pb-2 sm:px-4">
      <SearchBox label={t("files.search")} words={words} onChange={onWords} />
      <Button kind="primary" className="h-9 pointer-coarse:h-11" onClick={onChoose}>
        <Upload aria-hidden="true" className="size-4" />
        {t("files.upload")}
      </Button>
    </div>
  );
}

interface ChooserProps {
  field: RefObject<HTMLInputElement | null>;
  onFiles: (files: Iterable<File>) => void;
}

function Chooser({ field, onFiles }: ChooserProps): ReactNode {
  const { t } = useTranslation();
  return (
    <input
      ref={field}
      type="file"
      multiple
      aria-label={t("files.choose")}
      tabIndex={-1}
      className="hidden"
      onChange={(event) => {
        onFiles([...(event.target.files ?? [])]);
        event.target.value = ""; // the same file may be chosen again
      }}
    />
  );
}

function List({ reading, search }: { reading: ReturnType<typeof useFiles>; search: string }): ReactNode {
  const { t } = useTranslation();
  const { data: files, fetchNextPage, hasNextPage, isFetchingNextPage } = reading;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (reading.isError && !files) {
    const retry = { label: t("ui.retry"), run: () => void reading.refetch() };
    return <Trouble what={t("files.listFailed")} why={reason(reading.error)} action={retry} />;
  }
  if (!files) return <div className="flex-1" />;
  if (files.length === 0) {
    return (
      <p className="flex-1 px-4 py-6 text-sm text-faint">{t(search ? "files.notFound" : "files.none")}</p>
    );
  }
  return <FileTable files={files} hasMore={hasNextPage && !isFetchingNextPage} onMore={more} />;
}

function DropPlace(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="pointer-events-none absolute inset-2 z-30 flex animate-fade items-center justify-center rounded-2xl border-2 border-dashed border-accent bg-tint/95">
      <p className="flex items-center gap-3 font-medium">
        <Upload aria-hidden="true" className="size-5 text-accent" />
        {t("files.drop")}
      </p>
    </div>
  );
}

// The file may be one that the list has not come to, when somebody opens its address.
function Preview({ rest, files }: { rest: string; files: StoredFile[] | undefined }): ReactNode {
  const { t } = useTranslation();
  const known = files?.find((file) => file.id === rest);
  const isAsked = rest !== "" && rest !== "upload";
  const reading = useFile(rest, isAsked && files !== undefined && !known);
  const isMissing = isAsked && !known && reading.isError;
  useEffect(() => {
    if (!isMissing) return;
    notify(t("files.missing"));
    go("/files", true);
  }, [isMissing, t]);
  const file = known ?? reading.data;
  if (!isAsked || !file) return null;
  return <PreviewWindow key={file.id} file={file} onClose={() => go("/files")} />;
}
