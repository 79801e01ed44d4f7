import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { writeBytes } from "../i18n/formats";
import { useStorage } from "./reading";

const NEARLY = 0.9;

/** How much room the files take, quiet until it is nearly all of it. */
export function StorageLine(): ReactNode {
  const { t } = useTranslation();
  const { data } = useStorage();
  const part = data ? data.used_bytes / Math.max(data.max_bytes, 1) : 0;
  return (
    <footer className="flex h-9 shrink-0 items-center gap-3 border-t border-line px-4 text-xs text-faint">
      {data && (
        <>
          <span aria-hidden="true" className="h-1 w-24 overflow-hidden rounded-full bg-sunken">
            <span
              className={`block h-full rounded-full ${part > NEARLY ? "bg-warn" : "bg-faint"}`}
              style={{ width: `${Math.min(100, 100 * part)}%` }}
            />
          </span>
          <span className={`tabular-nums ${part > NEARLY ? "text-warn" : ""}`}>
            {t("files.storage", { used: writeBytes(data.used_bytes), most: writeBytes(data.max_bytes) })}
          </span>
        </>
      )}
    </footer>
  );
}
