import {
  File,
  FileArchive,
  FileAudio,
  FileCode,
  FileImage,
  FileText,
  FileVideo,
  type LucideIcon,
} from "lucide-react";

/** How a file is looked at in the page; `none` is only saved. */
export type Preview = "picture" | "text" | "pdf" | "none";

// Those that browsers draw and that cannot do anything; SVG can, and is shown as the text it is.
const PICTURES = /^image\/(png|jpeg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon)$/;
const TEXTS =
  /^(text\/.*|image\/svg\+xml|application\/(json|xml|yaml|toml|javascript|x-sh|sql|x-ndjson|x-yaml|.*\+json|.*\+xml))$/;
const TEXT_NAMES =
  /\.(md|txt|csv|tsv|log|ini|toml|ya?ml|py|ts|tsx|js|jsx|css|rs|go|java|c|h|cpp|sh|sql|tex)$/i;

/** How a file can be looked at, by its media type, and where that says nothing by its name. */
export function previewOf({ media_type, name }: { media_type: string; name: string }): Preview {
  const kind = media_type.split(";")[0]?.trim().toLowerCase() ?? "";
  if (PICTURES.test(kind)) return "picture";
  if (kind === "application/pdf") return "pdf";
  if (TEXTS.test(kind)) return "text";
  return kind === "application/octet-stream" && TEXT_NAMES.test(name) ? "text" : "none";
}

/** A picture for a kind of file. */
export function iconOf({ media_type }: { media_type: string }): LucideIcon {
  if (media_type.startsWith("image/")) return FileImage;
  if (media_type.startsWith("audio/")) return FileAudio;
  if (media_type.startsWith("video/")) return FileVideo;
  if (/zip|tar|compress|rar|7z/.test(media_type)) return FileArchive;
  if (/json|xml|javascript|html|python|x-sh/.test(media_type)) return FileCode;
  return media_type.startsWith("text/") || media_type === "application/pdf" ? FileText : File;
}
