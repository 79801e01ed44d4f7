import type { Element } from "hast";
import {
  type ComponentType,
  lazy,
  type MouseEvent,
  memo,
  type ReactNode,
  Suspense,
  useId,
  useMemo,
} from "react";
import { useTranslation } from "react-i18next";
import ReactMarkdown, { type Components, type Options } from "react-markdown";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import { isOwnPicture, safeLink } from "./address";
import { CodeBlock } from "./CodeBlock";
import { withFormulas } from "./formulas";

type FormulaType = ComponentType<{ tex: string; isBlock: boolean }>;
const loadFormula = (): Promise<{ default: FormulaType }> => import("./Formula");
const Formula = lazy(() => loadFormula().catch(() => ({ default: Source })));

const PLUGINS: Options["remarkPlugins"] = [remarkGfm, [remarkMath, { singleDollarTextMath: false }]];
const COMPONENTS: Components = {
  a: ({ href, children }) => <TextLink href={href ?? ""}>{children}</TextLink>,
  code: ({ className = "", children }) => <InlineCode className={className}>{children}</InlineCode>,
  img: ({ src, alt }) => <Picture src={typeof src === "string" ? src : ""} text={alt ?? ""} />,
  input: ({ checked }) => <TaskBox isDone={checked === true} />,
  pre: ({ node, children }) => <Preformatted node={node}>{children}</Preformatted>,
  table: ({ children }) => (
    <div className="wide">
      <table>{children}</table>
    </div>
  ),
};

/** The text of a message. HTML in it is shown as text, never taken as HTML. */
export const Markdown = memo(function Markdown({ text }: { text: string }): ReactNode {
  const prefix = `${useId()}-`; // footnotes of two messages must not share their anchors
  const marked = useMemo(() => withFormulas(text), [text]);
  return (
    <ReactMarkdown
      remarkPlugins={PLUGINS}
      remarkRehypeOptions={{ clobberPrefix: prefix }}
      components={COMPONENTS}
      urlTransform={(address, key) => (key === "src" ? address : safeLink(address))}
    >
      {marked}
    </ReactMarkdown>
  );
});

function TextLink({ href, children }: { href: string; children: ReactNode }): ReactNode {
  if (!href) return <span>{children}</span>;
  if (href.startsWith("#")) {
    return (
      <a href={href} onClick={(event) => goTo(event, href.slice(1))}>
        {children}
      </a>
    );
  }
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

// The hash of the page's own address says which conversation is open: a footnote must not change it.
function goTo(event: MouseEvent, id: string): void {
  event.preventDefault();
  document.getElementById(decodeURIComponent(id))?.scrollIntoView({ block: "center" });
}

function TaskBox({ isDone }: { isDone: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <input type="checkbox" checked={isDone} disabled aria-label={t(isDone ? "ui.done" : "ui.notDone")} />
  );
}

function Picture({ src, text }: { src: string; text: string }): ReactNode {
  const { t } = useTranslation();
  if (isOwnPicture(src)) return <img src={src} alt={text} loading="lazy" />;
  return <TextLink href={safeLink(src)}>{t("ui.imageLink", { text: text || src })}</TextLink>;
}

function Preformatted({ node, children }: { node: Element | undefined; children: ReactNode }): ReactNode {
  const code = node?.children[0];
  if (code?.type !== "element" || code.tagName !== "code") return <pre>{children}</pre>;
  const text = code.children.map((child) => (child.type === "text" ? child.value : "")).join("");
  if (languageOf(code) === "math") return <FormulaText tex={text} isBlock />;
  return <CodeBlock code={text.replace(/\n$/, "")} language={languageOf(code)} />;
}

function InlineCode({ className, children }: { className: string; children: ReactNode }): ReactNode {
  if (className.includes("math-inline")) return <FormulaText tex={String(children)} isBlock={false} />;
  return <code>{children}</code>;
}

// What reads formulas is half as large as the page: until it is there, and where it cannot come, the TeX is shown.
function FormulaText({ tex, isBlock }: { tex: string; isBlock: boolean }): ReactNode {
  const formula = (
    <Suspense fallback={<Source tex={tex} />}>
      <Formula tex={tex} isBlock={isBlock} />
    </Suspense>
  );
  return isBlock ? <div className="wide">{formula}</div> : formula;
}

function Source({ tex }: { tex: string }): ReactNode {
  return <code>{tex}</code>;
}

function languageOf(code: Element): string {
  const names = code.properties.className;
  const name = Array.isArray(names) ? names.find((each) => String(each).startsWith("language-")) : undefined;
  return name ? String(name).slice("language-".length) : "";
}
