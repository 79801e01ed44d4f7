import { FilePlus2, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Menu, MenuItem, MenuLine } from "../ui/Menu";
import { beginNew } from "./beginning";
import { draftOfExample, EMPTY } from "./drafts";
import { useExamples } from "./reading";

/** What begins a new script: an empty one, or an example. */
export function NewMenu(): ReactNode {
  const { t } = useTranslation();
  const examples = useExamples();
  return (
    <Menu
      align="start"
      trigger={
        <Button className="h-9 flex-1 pointer-coarse:h-11">
          <Plus aria-hidden="true" className="size-4" />
          {t("scripts.new")}
        </Button>
      }
    >
      <MenuItem icon={<FilePlus2 aria-hidden="true" className="size-4" />} onSelect={() => beginNew(EMPTY)}>
        {t("scripts.blank")}
      </MenuItem>
      {examples.length > 0 && <MenuLine />}
      {examples.map((example) => (
        <MenuItem key={example.id} onSelect={() => beginNew(draftOfExample(example))}>
          <span className="min-w-0">
            <span className="block font-medium">{example.name}</span>
            <span className="block text-xs text-faint">{example.about}</span>
          </span>
        </MenuItem>
      ))}
    </Menu>
  );
}
