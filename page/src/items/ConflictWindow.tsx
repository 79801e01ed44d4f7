import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Item } from "../api.generated";
import { writeWhen } from "../i18n/formats";
import { currentOf } from "../live/errors";
import { Button } from "../ui/Button";
import { reason } from "../ui/reason";
import { Window, WindowFoot } from "../ui/Window";
import { putItem } from "./changing";
import { nameOf } from "./columns";
import { type Draft, draftOf, isSame, plain, readDraft } from "./drafts";
import { keepDraft } from "./formDrafts";
import {
  allFrom,
  type Choice,
  type Clash,
  clashesOf,
  mergedDraft,
  type Side,
  startingChoice,
} from "./merging";
import type { Conflict } from "./useEditing";

/** Two pages have changed one item: both versions, and for each field which of the two to keep. */
export function ConflictWindow({
  conflict,
  onClose,
}: {
  conflict: Conflict;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [theirs, setTheirs] = useState(conflict.theirs);
  const [chosen, setChosen] = useState<Choice>({});
  const [problem, setProblem] = useState<string | null>(null);
  const { mine } = conflict;
  const clashes = clashesOf(draftOf(conflict.base), mine, draftOf(theirs));
  const choice = { ...startingChoice(clashes), ...chosen };

  async function keep(sides: Choice): Promise<void> {
    const merged = mergedDraft(mine, draftOf(theirs), sides);
    try {
      if (!isSame(merged, draftOf(theirs)))
        await putItem(queries, theirs.id, readDraft(merged).item, theirs.version);
      keepDraft(theirs.id, null);
      onClose();
    } catch (error) {
      const newest = currentOf<Item>(error);
      if (newest) setTheirs(newest);
      setProblem(newest ? t("items.conflict.again") : reason(error));
    }
  }

  // Whoever goes away without choosing finds what he wrote in the item's form.
  function leave(): void {
    keepDraft(theirs.id, { draft: mine, base: conflict.base });
    onClose();
  }

  return (
    <Window title={t("items.conflict.title")} isWide onClose={leave}>
      <p className="text-sm leading-relaxed text-soft wrap-anywhere">
        {t("items.conflict.about", { title: nameOf(theirs), when: writeWhen(theirs.updated_at) })}
      </p>
      <div className="mt-4 space-y-3">
        {clashes.map((clash) => (
          <ClashRow
            key={clash.field}
            clash={clash}
            texts={{ mine: shown(clash, mine), theirs: shown(clash, draftOf(theirs)) }}
            side={choice[clash.field] ?? "mine"}
            onChoose={(side) => setChosen({ ...choice, [clash.field]: side })}
          />
        ))}
      </div>
      {problem && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {problem}
        </p>
      )}
      <Buttons clashes={clashes} onKeep={(sides) => void keep(sides)} choice={choice} />
    </Window>
  );
}

function Buttons(props: { clashes: Clash[]; choice: Choice; onKeep: (sides: Choice) => void }): ReactNode {
  const { t } = useTranslation();
  const { clashes, choice, onKeep } = props;
  return (
    <WindowFoot>
      <Button onClick={() => onKeep(allFrom("theirs", clashes))}>{t("items.conflict.takeTheirs")}</Button>
      <Button onClick={() => onKeep(allFrom("mine", clashes))}>{t("items.conflict.keepMine")}</Button>
      <Button kind="primary" onClick={() => onKeep(choice)}>
        {t("items.conflict.save")}
      </Button>
    </WindowFoot>
  );
}

interface ClashRowProps {
  clash: Clash;
  texts: Record<Side, string>;
  side: Side;
  onChoose: (side: Side) => void;
}

function ClashRow({ clash, texts, side, onChoose }: ClashRowProps): ReactNode {
  const { t } = useTranslation();
  const sides = ["mine", "theirs"] as const;
  return (
    <fieldset>
      <legend className="mb-1 text-xs font-medium text-soft">{t(`items.column.${clash.field}`)}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {sides.map((each) => (
          <label
            key={each}
            className="relative flex min-w-0 cursor-pointer gap-2.5 rounded-xl border border-line px-3 py-2 text-sm has-checked:border-accent has-checked:bg-tint has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={`clash-${clash.field}`}
              checked={side === each}
              onChange={() => onChoose(each)}
              className="peer absolute top-0 left-0 size-11 cursor-pointer appearance-none outline-none"
            />
            <span
              aria-hidden="true"
              className="pointer-events-none mt-0.5 size-4 shrink-0 rounded-full border border-faint peer-checked:border-5 peer-checked:border-accent"
            />
            <span className="min-w-0 flex-1">
              <span className="block text-xs text-soft">{t(`items.conflict.${each}`)}</span>
              <span className="block max-h-28 overflow-y-auto whitespace-pre-wrap wrap-anywhere">
                {texts[each] || <span className="text-soft">{t("items.conflict.empty")}</span>}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function shown({ field }: Clash, draft: Draft): string {
  return plain(field, draft);
}
