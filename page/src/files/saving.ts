import type { File as StoredFile } from "../api.generated";

/** Where a file is had as an attachment. */
export function savedAt({ url }: Pick<StoredFile, "url">): string {
  return `${url}?download=1`;
}

/** Save a file on the reader's machine. */
export function saveFile(file: StoredFile): void {
  const link = document.createElement("a");
  link.href = savedAt(file);
  link.download = file.name;
  link.click();
}
