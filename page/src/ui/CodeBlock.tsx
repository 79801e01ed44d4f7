import { memo, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "./CopyButton";

// Colouring waits until the code has stood still: a growing block would be coloured anew at each paint.
const STILL_MS = 250;

export const CodeBlock = memo(function CodeBlock(props: { code: string; language: string }): ReactNode {
  const { t } = useTranslation();
  const { code, language } = props;
  return (
    <figure
      className="code overflow-hidden rounded-xl border border-line bg-sunken"
      aria-label={t("ui.code")}
    >
      <figcaption className="flex h-10 items-center justify-between pr-1 pl-4 text-xs text-faint">
        <span>{language}</span>
        <CopyButton label={t("ui.copyCode")} text={code} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard */}
      <pre className="overflow-x-auto px-4 pb-3.5 font-mono text-[0.84rem] leading-relaxed" tabIndex={0}>
        <code>{useColours(code, language)}</code>
      </pre>
    </figure>
  );
});

interface Coloured {
  code: string;
  nodes: ReactNode;
}

function useColours(code: string, language: string): ReactNode {
  const [coloured, setColoured] = useState<Coloured | null>(null);
  useEffect(() => {
    const timer = setTimeout(async () => {
      const { colour } = await import("./highlight");
      setColoured({ code, nodes: colour(code, language) });
    }, STILL_MS);
    return () => clearTimeout(timer);
  }, [code, language]);
  if (!coloured || !code.startsWith(coloured.code)) return code;
  return [coloured.nodes, code.slice(coloured.code.length)];
}
