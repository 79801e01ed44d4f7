import { useQuery } from "@tanstack/react-query";
import { Download, ExternalLink } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as StoredFile } from "../api.generated";
import { writeBytes, writeDay } from "../i18n/formats";
import { readText } from "../live/calls";
import { reason } from "../ui/reason";
import { Trouble } from "../ui/Trouble";
import { Window } from "../ui/Window";
import { previewOf } from "./kinds";
import { savedAt } from "./saving";

const MOST_TEXT_BYTES = 200_000;

/** A window that shows a file, if it is a picture, a text or a PDF, and saves it. */
export function PreviewWindow({ file, onClose }: { file: StoredFile; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const kind = previewOf(file);
  return (
    <Window title={file.name} isWide onClose={onClose}>
      <p className="-mt-2 mb-3 text-xs text-faint tabular-nums">
        {writeBytes(file.size)} · {writeDay(file.created_at)} · {file.media_type}
      </p>
      {kind === "picture" && <Picture file={file} />}
      {kind === "text" && <PlainText file={file} />}
      {kind === "pdf" && <Pdf file={file} />}
      {kind === "none" && <p className="text-sm text-soft">{t("files.noPreview")}</p>}
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        {kind === "pdf" && (
          <LinkButton href={file.url} isNew>
            <ExternalLink aria-hidden="true" className="size-4" />
            {t("files.openPdf")}
          </LinkButton>
        )}
        <LinkButton href={savedAt(file)}>
          <Download aria-hidden="true" className="size-4" />
          {t("files.save")}
        </LinkButton>
      </div>
    </Window>
  );
}

interface LinkButtonProps {
  href: string;
  isNew?: boolean;
  children: ReactNode;
}

function LinkButton({ href, isNew = false, children }: LinkButtonProps): ReactNode {
  return (
    <a
      href={href}
      {...(isNew ? { target: "_blank", rel: "noreferrer" } : { download: true })}
      className="inline-flex items-center justify-center gap-2 rounded-lg border border-line bg-raised px-3 py-1.5 text-sm font-medium transition-colors hover:border-faint hover:bg-sunken pointer-coarse:min-h-11"
    >
      {children}
    </a>
  );
}

function Picture({ file }: { file: StoredFile }): ReactNode {
  const { t } = useTranslation();
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return <Trouble what={t("files.broken")} />;
  return (
    <img
      src={file.url}
      alt={file.name}
      onError={() => setBroken(true)}
      className="mx-auto max-h-[60dvh] rounded-lg border border-line bg-sunken object-contain"
    />
  );
}

// A window of the desktop, and most phones, have no reader of PDF in the page.
function Pdf({ file }: { file: StoredFile }): ReactNode {
  const { t } = useTranslation();
  if (!navigator.pdfViewerEnabled) return <p className="text-sm text-soft">{t("files.pdf")}</p>;
  return (
    <iframe
      src={file.url}
      title={file.name}
      className="h-[65dvh] w-full rounded-xl border border-line bg-sunken"
    />
  );
}

function PlainText({ file }: { file: StoredFile }): ReactNode {
  const { t } = useTranslation();
  const reading = useQuery({
    queryKey: ["file-text", file.id, file.sha256],
    queryFn: () => readText(file.url, MOST_TEXT_BYTES),
    gcTime: 0,
  });
  if (reading.isError) {
    const retry = { label: t("ui.retry"), run: () => void reading.refetch() };
    return <Trouble what={t("files.broken")} why={reason(reading.error)} action={retry} />;
  }
  return (
    <>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[60dvh] min-h-24 overflow-auto rounded-xl border border-line bg-sunken p-4 font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere"
      >
        {reading.data?.text}
      </pre>
      {reading.data?.isCut && (
        <p className="mt-2 text-xs text-faint">{t("files.cut", { most: writeBytes(MOST_TEXT_BYTES) })}</p>
      )}
    </>
  );
}
