import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { NewToken } from "../api.generated";
import { CopyBlock } from "../ui/CopyBlock";
import { curlOf, mcpOf } from "./uses";

/** A token that was just made, this once, with the lines that use it. */
export function Shown({ made }: { made: NewToken }): ReactNode {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each token that is made is brought into sight
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" }); // in some browsers this is a promise, which no effect may answer
  }, [made.id]);
  return (
    <section
      ref={box}
      aria-label={t("tokens.shown")}
      className="mt-4 space-y-3 rounded-xl border border-accent/40 bg-tint p-4"
    >
      <p role="status" className="text-sm font-medium wrap-anywhere">
        {t("tokens.once", { name: made.name })}
      </p>
      <CopyBlock title={t("tokens.word")} copy={t("tokens.copy")} text={made.token} />
      <CopyBlock
        title={t("tokens.curl")}
        copy={t("tokens.copyCurl")}
        text={curlOf(location.origin, made.token)}
      />
      <CopyBlock
        title={t("tokens.mcp")}
        copy={t("tokens.copyMcp")}
        text={mcpOf(location.origin, made.token)}
      />
    </section>
  );
}
