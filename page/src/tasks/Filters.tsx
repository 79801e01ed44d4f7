import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { writeNumber } from "../i18n/formats";
import { Button } from "../ui/Button";
import { Menu, MenuChoice, MenuLine } from "../ui/Menu";
import { useWide } from "../ui/room";
import { GROUPS, type Group, type Shown } from "./grouping";
import { useKindName } from "./kinds";

const EVERY_KIND = "";

interface FiltersProps {
  shown: Shown;
  onShow: (shown: Shown) => void;
  /** How many there are of each group that is counted. */
  numbers: Partial<Record<Group, number>>;
  kind: string | null;
  kinds: readonly string[];
  onKind: (kind: string | null) => void;
}

/** Which tasks are shown: side by side where there is room, in one menu on a phone. */
export function Filters(props: FiltersProps): ReactNode {
  const isWide = useWide();
  return (
    <div className="flex shrink-0 items-center gap-2 px-3 pb-2 sm:px-4">
      {isWide ? (
        <>
          <Groups {...props} />
          <span className="flex-1" />
          <KindMenu {...props} />
        </>
      ) : (
        <BothMenu {...props} />
      )}
    </div>
  );
}

function Groups({ shown, onShow, numbers }: FiltersProps): ReactNode {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset breaks the line and has a legend of its own
    <div role="group" aria-label={t("tasks.show")} className="flex gap-1">
      {(["all", ...GROUPS] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === shown}
          onClick={() => onShow(each)}
          className="flex h-9 items-center gap-1.5 rounded-lg px-3 text-sm text-soft hover:bg-sunken hover:text-ink aria-pressed:bg-sunken aria-pressed:font-medium aria-pressed:text-ink"
        >
          {t(`tasks.shown.${each}`)}
          {each !== "all" && Boolean(numbers[each]) && (
            <span className="text-xs text-faint tabular-nums">{writeNumber(numbers[each] ?? 0)}</span>
          )}
        </button>
      ))}
    </div>
  );
}

function KindMenu(props: FiltersProps): ReactNode {
  return (
    <Menu trigger={<MenuButton text={useKindText(props.kind)} />}>
      <KindChoice {...props} />
    </Menu>
  );
}

function BothMenu(props: FiltersProps): ReactNode {
  const { t } = useTranslation();
  const { shown, onShow, kind } = props;
  const kindText = useKindText(kind);
  const text = kind === null ? t(`tasks.shown.${shown}`) : `${t(`tasks.shown.${shown}`)} · ${kindText}`;
  const options = (["all", ...GROUPS] as const).map((value) => ({ value, text: t(`tasks.shown.${value}`) }));
  return (
    <Menu align="start" trigger={<MenuButton text={text} />}>
      <MenuChoice label={t("tasks.show")} value={shown} options={options} onChoose={onShow} />
      <MenuLine />
      <KindChoice {...props} />
    </Menu>
  );
}

function MenuButton({ text, ...rest }: { text: string }): ReactNode {
  return (
    <Button className="h-9 max-w-full min-w-0 pointer-coarse:h-11" {...rest}>
      <span className="min-w-0 truncate">{text}</span>
      <ChevronDown aria-hidden="true" className="size-4 shrink-0 text-faint" />
    </Button>
  );
}

function KindChoice({ kind, kinds, onKind }: FiltersProps): ReactNode {
  const { t } = useTranslation();
  const nameOf = useKindName();
  const options = [EVERY_KIND, ...kinds].map((value) => ({
    value,
    text: value === EVERY_KIND ? t("tasks.everyKind") : nameOf(value),
  }));
  return (
    <MenuChoice
      label={t("tasks.ofKind")}
      value={kind ?? EVERY_KIND}
      options={options}
      onChoose={(value) => onKind(value === EVERY_KIND ? null : value)}
    />
  );
}

function useKindText(kind: string | null): string {
  const { t } = useTranslation();
  const nameOf = useKindName();
  return kind === null ? t("tasks.everyKind") : nameOf(kind);
}
