import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { copyText } from "./clipboard";

const SHOWN_MS = 1_600;

/** Copies `text`; its name becomes "Copied" for a moment. */
export function CopyButton({ label, text }: { label: string; text: string }): ReactNode {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <IconButton
      label={copied ? t("ui.copied") : label}
      className="size-8"
      onClick={async () => setCopied(await copyText(text))}
    >
      <Icon aria-hidden="true" className="size-4" />
    </IconButton>
  );
}
