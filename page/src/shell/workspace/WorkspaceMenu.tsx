import * as Dropdown from "@radix-ui/react-dropdown-menu";
import { Check, ChevronsUpDown, KeyRound, PencilLine, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../../api.generated";
import { tokensWindow } from "../../tokens/opening";
import { Menu, MenuItem, MenuLine } from "../../ui/Menu";
import { reason } from "../../ui/reason";
import { useDrawer } from "../drawer";
import { WorkspaceField } from "./WorkspaceField";
import { useWorkspace, useWorkspaces } from "./workspace";
import { workspaceName } from "./workspaceName";

/** The name of this workspace; behind it the other ones of this browser. */
export function WorkspaceMenu(): ReactNode {
  const { t } = useTranslation();
  const [isNaming, setNaming] = useState(false);
  const workspace = useWorkspace();
  const drawer = useDrawer();
  const name = workspace ? workspaceName(workspace) : "";
  if (isNaming) return <WorkspaceField title={workspace?.title ?? ""} onDone={() => setNaming(false)} />;
  return (
    <Menu trigger={<WorkspaceButton name={name} />} align="start">
      <MenuItem icon={<PencilLine aria-hidden="true" className="size-4" />} onSelect={() => setNaming(true)}>
        {t("shell.workspace.rename")}
      </MenuItem>
      <MenuItem
        icon={<KeyRound aria-hidden="true" className="size-4" />}
        onSelect={() => {
          drawer.setOpen(false);
          tokensWindow.set(true);
        }}
      >
        {t("shell.commands.tokens")}
      </MenuItem>
      <MenuLine />
      <Dropdown.Label className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-faint">
        {t("shell.workspace.others")}
      </Dropdown.Label>
      <Workspaces />
      <MenuLine />
      <WorkspaceLink href="/new">
        <Plus aria-hidden="true" className="size-4" />
        {t("shell.workspace.new")}
      </WorkspaceLink>
    </Menu>
  );
}

function WorkspaceButton({ name, ...props }: { name: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-label={t("shell.workspace.menu", { name })}
      title={name}
      className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-lg px-2.5 text-left text-sm text-soft hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
      {...props}
    >
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
    </button>
  );
}

function Workspaces(): ReactNode {
  const reading = useWorkspaces();
  if (reading.isError) return <p className="px-2.5 py-2 text-danger">{reason(reading.error)}</p>;
  // As high as one line, so that the menu does not jump when there is only this workspace.
  if (!reading.data) return <div className="h-9" />;
  return reading.data.items.map((each) => <WorkspaceLine key={each.id} workspace={each} />);
}

function WorkspaceLine({ workspace }: { workspace: Session }): ReactNode {
  const isThis = workspace.id === window.SESSION_UUID;
  return (
    <WorkspaceLink href={`/uuid=${workspace.id}`} isCurrent={isThis}>
      <span className="min-w-0 flex-1 truncate">{workspaceName(workspace)}</span>
      {isThis && <Check aria-hidden="true" className="size-4 text-accent" />}
    </WorkspaceLink>
  );
}

interface WorkspaceLinkProps {
  href: string;
  isCurrent?: boolean;
  children: ReactNode;
}

function WorkspaceLink({ href, isCurrent, children }: WorkspaceLinkProps): ReactNode {
  return (
    <Dropdown.Item asChild>
      <a
        href={href}
        aria-current={isCurrent ? "true" : undefined}
        className="flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 outline-none data-[highlighted]:bg-sunken"
      >
        {children}
      </a>
    </Dropdown.Item>
  );
}
