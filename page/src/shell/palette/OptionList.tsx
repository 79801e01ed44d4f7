import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Keys } from "./Keys";
import type { Group, Option } from "./options";

interface OptionListProps {
  groups: Group[];
  active: Option | undefined;
  onPoint: (option: Option) => void;
  onChoose: (option: Option) => void;
}

/** The list below the palette's field, which keeps the focus and says which option is the active one. */
export function OptionList({ groups, active, onPoint, onChoose }: OptionListProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div
      role="listbox"
      id="palette-options"
      aria-label={t("shell.palette.title")}
      className={groups.length ? "min-h-0 flex-1 overflow-y-auto overscroll-contain p-1.5" : "hidden"}
    >
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a field set is no part of a list box
        <div key={group.id} role="group" aria-labelledby={`palette-${group.id}`}>
          <div id={`palette-${group.id}`} className="px-2.5 pt-2 pb-1 text-xs font-medium text-faint">
            {group.title}
          </div>
          {group.options.map((option) => (
            <OptionLine
              key={option.id}
              option={option}
              isActive={option === active}
              onPoint={() => onPoint(option)}
              onChoose={() => onChoose(option)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

export function optionId(option: Option): string {
  return `palette-option-${option.id}`;
}

interface OptionLineProps {
  option: Option;
  isActive: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

function OptionLine({ option, isActive, onPoint, onChoose }: OptionLineProps): ReactNode {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) line.current?.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys of all options
    // biome-ignore lint/a11y/useFocusableInteractive: the field above keeps the focus
    <div
      ref={line}
      id={optionId(option)}
      role="option"
      aria-selected={isActive}
      onPointerMove={isActive ? undefined : onPoint}
      onClick={onChoose}
      className="flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-2.5 py-1.5 text-sm aria-selected:bg-tint pointer-coarse:min-h-11"
    >
      <option.icon aria-hidden="true" className="size-4 shrink-0 text-soft" />
      <span className="min-w-0 flex-1">
        <span className="block truncate">{option.text}</span>
        {option.note && <span className="block truncate text-xs text-faint">{option.note}</span>}
      </span>
      {option.keys && <Keys keys={option.keys} />}
    </div>
  );
}
