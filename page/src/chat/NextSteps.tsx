import { ChevronDown, RotateCcw, SquarePen } from "lucide-react";
import { type ReactNode, use } from "react";
import { useTranslation } from "react-i18next";
import type { ErrorBody } from "../api.generated";
import { go } from "../shell/place";
import { Button } from "../ui/Button";
import { Menu, MenuChoice } from "../ui/Menu";
import { BetterModel } from "./BetterModel";
import { focusOn } from "./focus";
import { remedyOf, type Step, waitOf } from "./problems";
import { useCountdown } from "./useCountdown";
import { ModelChoiceContext } from "./useModelChoice";

interface NextStepsProps {
  error: ErrorBody;
  /** When it came, in milliseconds. */
  since: number;
  /** Asks again, of another model where one is named. */
  onAgain: (model?: string) => void;
}

/** What can be done about an error, one button a step. */
export function NextSteps({ error, since, onAgain }: NextStepsProps): ReactNode {
  const { steps } = remedyOf(error.code);
  return (
    <div className="flex flex-wrap items-center gap-2 empty:hidden">
      {steps.map((step) => (
        <StepButton key={step} step={step} error={error} since={since} onAgain={onAgain} />
      ))}
    </div>
  );
}

function StepButton({ step, error, since, onAgain }: NextStepsProps & { step: Step }): ReactNode {
  const { t } = useTranslation();
  switch (step) {
    case "again":
      return <Again wait_s={waitOf(error)} since={since} onAgain={onAgain} />;
    case "otherModel":
      return <OtherModel onAgain={onAgain} />;
    case "help":
      return <BetterModel trigger={<Button>{t("chat.model.add")}</Button>} />;
    case "begin":
      return <Begin />;
    case "reload":
      return <Button onClick={() => location.reload()}>{t("ui.reload")}</Button>;
  }
}

interface AgainProps {
  wait_s: number;
  since: number;
  onAgain: () => void;
}

function Again({ wait_s, since, onAgain }: AgainProps): ReactNode {
  const { t } = useTranslation();
  const left = useCountdown(wait_s, since);
  return (
    <Button
      aria-disabled={left > 0}
      className="tabular-nums aria-disabled:cursor-default aria-disabled:text-faint"
      onClick={() => left === 0 && onAgain()}
    >
      <RotateCcw aria-hidden="true" className="size-4" />
      {left > 0 ? t("chat.againIn", { seconds: left }) : t("chat.askAgain")}
    </Button>
  );
}

function OtherModel({ onAgain }: { onAgain: (model: string) => void }): ReactNode {
  const { t } = useTranslation();
  const choice = use(ModelChoiceContext);
  if (!choice || choice.models.length < 2) return null;
  return (
    <Menu
      align="start"
      trigger={
        <Button>
          {t("chat.model.other")}
          <ChevronDown aria-hidden="true" className="size-4" />
        </Button>
      }
    >
      <MenuChoice
        label={t("chat.model.choose")}
        value={choice.current?.id ?? ""}
        options={choice.models.map((model) => ({ value: model.id, text: model.name }))}
        onChoose={(id) => {
          choice.choose(id);
          onAgain(id);
        }}
      />
    </Menu>
  );
}

function Begin(): ReactNode {
  const { t } = useTranslation();
  return (
    <Button
      onClick={() => {
        go("/chat");
        focusOn();
      }}
    >
      <SquarePen aria-hidden="true" className="size-4" />
      {t("chat.newConversation")}
    </Button>
  );
}
