import type { EditorView } from "@codemirror/view";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { openEditor, showText } from "./codeMirror";

const COMMAND = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl";

interface EditorProps {
  text: string;
  onType: (text: string) => void;
}

/** The code of a script. */
export default function Editor({ text, onType }: EditorProps): ReactNode {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ text, onType });
  latest.current = { text, onType };
  const hint = useId();
  useEffect(() => {
    if (!place.current) return;
    const opened = openEditor({
      parent: place.current,
      text: latest.current.text,
      label: t("scripts.code"),
      describedBy: hint,
      tellError: (near) => (near ? t("scripts.syntax", { near }) : t("scripts.syntaxEnd")),
      onChange: (typed) => typed !== latest.current.text && latest.current.onType(typed),
    });
    view.current = opened;
    return () => opened.destroy();
  }, [t, hint]);
  useEffect(() => {
    if (view.current) showText(view.current, text);
  }, [text]);
  return (
    <>
      <div ref={place} className="min-h-0 flex-1" />
      <p id={hint} className="shrink-0 truncate px-3.5 py-1 text-xs text-faint pointer-coarse:sr-only">
        {t("scripts.codeHint", { command: COMMAND })}
      </p>
    </>
  );
}
