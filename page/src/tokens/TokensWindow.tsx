import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { NewToken } from "../api.generated";
import { reason } from "../ui/reason";
import { Trouble } from "../ui/Trouble";
import { Window } from "../ui/Window";
import { NewTokenForm } from "./NewTokenForm";
import { tokensWindow } from "./opening";
import { useTokens } from "./reading";
import { Shown } from "./Shown";
import { TokenRow } from "./TokenRow";

/** The keys to this workspace that programs have, and how to make one. */
export default function TokensWindow(): ReactNode {
  const { t } = useTranslation();
  const [made, setMade] = useState<NewToken | null>(null);
  return (
    <Window title={t("tokens.title")} isWide onClose={() => tokensWindow.set(false)}>
      <p className="text-sm leading-relaxed text-soft">{t("tokens.about")}</p>
      <NewTokenForm onMade={setMade} />
      {made && <Shown made={made} />}
      <Tokens onDeleted={(id) => setMade((now) => (now?.id === id ? null : now))} />
    </Window>
  );
}

function Tokens({ onDeleted }: { onDeleted: (id: string) => void }): ReactNode {
  const { t } = useTranslation();
  const reading = useTokens();
  if (reading.isError && !reading.data) {
    const retry = { label: t("ui.retry"), run: () => void reading.refetch() };
    return <Trouble what={t("tokens.listFailed")} why={reason(reading.error)} action={retry} />;
  }
  const tokens = reading.data?.items ?? [];
  return (
    <section aria-label={t("tokens.list")} className="mt-5 border-t border-line pt-3">
      {reading.data && tokens.length === 0 && <p className="py-2 text-sm text-faint">{t("tokens.none")}</p>}
      <ul className="divide-y divide-line">
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} onDeleted={() => onDeleted(token.id)} />
        ))}
      </ul>
    </section>
  );
}
