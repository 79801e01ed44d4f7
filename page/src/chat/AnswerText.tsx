import { lazy, type ReactNode, Suspense } from "react";

const loadMarkdown = () => import("../ui/Markdown");
const Markdown = lazy(() => loadMarkdown().then((module) => ({ default: module.Markdown })));

/** Fetch the reader of Markdown before the first answer needs it: it is a third of the page. */
export function prepareMarkdown(): void {
  void loadMarkdown().catch(() => {}); // the answer asks again, and says so when that fails too
}

/** The text of an answer: plain until the reader of Markdown is there. */
export function AnswerText({ text }: { text: string }): ReactNode {
  return (
    <div className="prose">
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </div>
  );
}
