import { lazy, type ReactNode, Suspense } from "react";

const loadMarkdown = () => import("../ui/Markdown");
// A text without its marks is better than none.
const Markdown = lazy(() =>
  loadMarkdown().then(
    (module) => ({ default: module.Markdown }),
    () => ({ default: Plain }),
  ),
);

/** Fetch the reader of Markdown before the first answer needs it: it is a third of the page. */
export function prepareMarkdown(): void {
  void loadMarkdown().catch(() => {}); // asked for again by the first answer
}

/** The text of an answer: plain until the reader of Markdown is there. */
export function AnswerText({ text }: { text: string }): ReactNode {
  return (
    <div className="prose">
      <Suspense fallback={<Plain text={text} />}>
        <Markdown text={text} />
      </Suspense>
    </div>
  );
}

function Plain({ text }: { text: string }): ReactNode {
  return <p className="whitespace-pre-wrap">{text}</p>;
}
