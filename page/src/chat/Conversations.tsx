import { SquarePen } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDrawer } from "../shell/drawer";
import { go } from "../shell/place";
import { Button } from "../ui/Button";
import { reason } from "../ui/reason";
import { SearchBox } from "../ui/SearchBox";
import { Trouble } from "../ui/Trouble";
import { useSettled } from "../ui/useSettled";
import { ConversationRow } from "./ConversationRow";
import { useConversations } from "./reading";

/** The conversations in the navigation. */
export default function Conversations({ rest }: { rest: string }): ReactNode {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const reading = useConversations(useSettled(words.trim()));
  const { setOpen } = useDrawer();
  return (
    <>
      <div className="px-2 pb-2">
        <button
          type="button"
          onClick={() => {
            setOpen(false);
            go("/chat");
          }}
          className="flex w-full items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm font-medium hover:bg-hover"
        >
          <SquarePen aria-hidden="true" className="size-4.5 text-accent" />
          {t("chat.newConversation")}
        </button>
        <div className="mt-1 flex">
          <SearchBox isQuiet label={t("chat.search")} words={words} onChange={setWords} />
        </div>
      </div>
      <section aria-label={t("chat.conversations")} className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        <List reading={reading} open={rest} isSearch={words.trim() !== ""} />
      </section>
    </>
  );
}

interface ListProps {
  reading: ReturnType<typeof useConversations>;
  open: string;
  isSearch: boolean;
}

function List({ reading, open, isSearch }: ListProps): ReactNode {
  const { t } = useTranslation();
  if (reading.isError && !reading.data) {
    const retry = { label: t("ui.retry"), run: () => void reading.refetch() };
    return <Trouble what={t("chat.listFailed")} why={reason(reading.error)} action={retry} />;
  }
  if (!reading.data) return null;
  if (reading.data.length === 0)
    return (
      <p className="px-2.5 py-2 text-sm text-faint">
        {t(isSearch ? "chat.notFound" : "chat.firstConversation")}
      </p>
    );
  return (
    <>
      <ul className="space-y-px">
        {reading.data.map((each) => (
          <ConversationRow key={each.id} conversation={each} isOpen={each.id === open} />
        ))}
      </ul>
      {reading.hasNextPage && (
        <Button
          kind="quiet"
          className="mt-2 w-full"
          disabled={reading.isFetchingNextPage}
          onClick={() => reading.fetchNextPage()}
        >
          {t("chat.older")}
        </Button>
      )}
    </>
  );
}
