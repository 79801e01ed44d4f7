import { useEffect, useRef, useState } from "react";

/**
 * Takes files that are dropped anywhere on the page, or pasted.
 *
 * @returns whether files are held over the page at the moment.
 */
export function useDrop(onFiles: (files: File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useRef(onFiles);
  take.current = onFiles;

  useEffect(() => {
    const stop = new AbortController();
    // Each element under the pointer is entered and left by itself.
    let depth = 0;
    const show = (change: number) => {
      depth = Math.max(0, depth + change);
      setOver(depth > 0);
    };
    const on = (name: string, act: (event: Event) => void) =>
      window.addEventListener(name, act, { signal: stop.signal });
    on("dragenter", (event) => hasFiles(event as DragEvent) && show(1));
    on("dragleave", (event) => hasFiles(event as DragEvent) && show(-1));
    on("dragover", (event) => hasFiles(event as DragEvent) && event.preventDefault());
    on("drop", (event) => {
      const { dataTransfer } = event as DragEvent;
      if (event.defaultPrevented || !hasFiles(event as DragEvent)) return;
      event.preventDefault();
      show(-depth);
      take.current(filesOf(dataTransfer));
    });
    on("paste", (event) => {
      const files = [...((event as ClipboardEvent).clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      take.current(files);
    });
    return () => stop.abort();
  }, []);
  return isOver;
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

// A folder looks like a file that cannot be read.
function filesOf(dropped: DataTransfer | null): File[] {
  const items = [...(dropped?.items ?? [])].filter((item) => item.kind === "file");
  const whole = items.filter((item) => item.webkitGetAsEntry()?.isDirectory !== true);
  return whole.map((item) => item.getAsFile()).filter((file) => file !== null);
}
