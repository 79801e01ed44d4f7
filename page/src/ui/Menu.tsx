import * as Dropdown from "@radix-ui/react-dropdown-menu";
import { Check } from "lucide-react";
import type { ReactNode } from "react";

const SURFACE =
  "z-50 max-h-[min(26rem,var(--radix-dropdown-menu-content-available-height))] overflow-y-auto overscroll-contain min-w-44 max-w-[min(24rem,calc(100vw-1rem))] animate-appear rounded-xl border border-line bg-raised p-1.5 text-sm text-ink shadow-lg shadow-black/8";
const ROW =
  "flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 outline-none data-[highlighted]:bg-sunken";

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactNode;
  align?: "start" | "end";
  side?: "top" | "bottom";
  children: ReactNode;
}

export function Menu({ trigger, align = "end", side = "bottom", children }: MenuProps): ReactNode {
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger asChild>{trigger}</Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content className={SURFACE} align={align} side={side} sideOffset={6} collisionPadding={8}>
          {children}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

interface MenuItemProps {
  icon?: ReactNode;
  danger?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, danger = false, onSelect, children }: MenuItemProps): ReactNode {
  return (
    <Dropdown.Item className={`${ROW} ${danger ? "text-danger" : ""}`} onSelect={onSelect}>
      {icon}
      {children}
    </Dropdown.Item>
  );
}

interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; text: string }[];
  onChoose: (value: Value) => void;
}

export function MenuChoice<Value extends string>(props: MenuChoiceProps<Value>): ReactNode {
  return (
    <Dropdown.RadioGroup value={props.value} onValueChange={(value) => props.onChoose(value as Value)}>
      <Dropdown.Label className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-faint">
        {props.label}
      </Dropdown.Label>
      {props.options.map((option) => (
        <Dropdown.RadioItem key={option.value} value={option.value} className={ROW}>
          <span className="flex-1">{option.text}</span>
          <Dropdown.ItemIndicator>
            <Check aria-hidden="true" className="size-4 text-accent" />
          </Dropdown.ItemIndicator>
        </Dropdown.RadioItem>
      ))}
    </Dropdown.RadioGroup>
  );
}

export function MenuLine(): ReactNode {
  return <Dropdown.Separator className="mx-1 my-1.5 h-px bg-line" />;
}
