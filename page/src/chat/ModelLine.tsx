import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Model } from "../api.generated";
import { Menu, MenuChoice } from "../ui/Menu";
import { BetterModel } from "./BetterModel";
import type { ModelChoice } from "./useModelChoice";

/** Which model answers, what to expect of it, and how to have a better one. */
export function ModelLine({ choice }: { choice: ModelChoice }): ReactNode {
  return (
    <div className="flex min-h-8 flex-wrap items-center justify-center gap-x-2 px-2 pt-1 text-xs text-faint">
      <Name choice={choice} />
      {choice.isKnown && (!choice.current || choice.current.note) && <BetterModelLink />}
    </div>
  );
}

function Name({ choice }: { choice: ModelChoice }): ReactNode {
  const { t } = useTranslation();
  if (!choice.isKnown) return null;
  if (!choice.current) return <span>{t("chat.model.none")}</span>;
  const line = <ModelWords model={choice.current} />;
  if (choice.models.length < 2) return line;
  const options = choice.models.map((model) => ({ value: model.id, text: model.name }));
  return (
    <Menu
      align="start"
      side="top"
      trigger={
        <button
          type="button"
          className="flex items-center gap-1 rounded-md px-1.5 py-1 hover:bg-sunken hover:text-ink"
        >
          <span className="sr-only">{t("chat.model.label")}</span>
          {line}
          <ChevronDown aria-hidden="true" className="size-3.5" />
        </button>
      }
    >
      <MenuChoice
        label={t("chat.model.choose")}
        value={choice.current.id}
        options={options}
        onChoose={choice.choose}
      />
    </Menu>
  );
}

function ModelWords({ model }: { model: Model }): ReactNode {
  const { t } = useTranslation();
  const words = { model: model.name, server: model.server };
  return (
    <span title={model.note}>
      {model.note ? t("chat.model.local", words) : t("chat.model.remote", words)}
    </span>
  );
}

function BetterModelLink(): ReactNode {
  const { t } = useTranslation();
  return (
    <BetterModel
      trigger={
        <button
          type="button"
          className="rounded-md px-1.5 py-1 text-soft underline decoration-line underline-offset-4 hover:text-ink"
        >
          {t("chat.model.add")}
        </button>
      }
    />
  );
}
