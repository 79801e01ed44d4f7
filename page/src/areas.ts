import { FileCode, Folder, ListTodo, type LucideIcon, MessageCircle, TableProperties } from "lucide-react";
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { withTexts } from "./i18n/i18n";
import { QuestionMark } from "./tasks/QuestionMark";

/** A part of the page with a folder of its own. */
export interface Area {
  id: string;
  /** The first word of its addresses: `#/chat/…`. */
  path: string;
  icon: LucideIcon;
  /** The key of its name in the translations. */
  title: "areas.chat" | "areas.items" | "areas.files" | "areas.scripts" | "areas.tasks";
  /** Gets what follows `path` in the address, "" where nothing does. */
  Page: LazyExoticComponent<ComponentType<{ rest: string }>>;
  /** What it adds to the navigation on the left. */
  Side?: LazyExoticComponent<ComponentType<{ rest: string }>>;
  /** What stands beside its name wherever that stands. */
  Mark?: ComponentType;
}

const [home, ...others]: [Area, ...Area[]] = [
  {
    id: "chat",
    path: "chat",
    icon: MessageCircle,
    title: "areas.chat",
    Page: lazy(() => import("./chat/Chat")),
    Side: lazy(() => import("./chat/Conversations")),
  },
  {
    id: "items",
    path: "items",
    icon: TableProperties,
    title: "areas.items",
    Page: lazy(() => withTexts("items", () => import("./items/Items"))),
  },
  {
    id: "files",
    path: "files",
    icon: Folder,
    title: "areas.files",
    Page: lazy(() => withTexts("files", () => import("./files/Files"))),
  },
  {
    id: "scripts",
    path: "scripts",
    icon: FileCode,
    title: "areas.scripts",
    // Its console is the log of a task.
    Page: lazy(() => withTexts("tasks", () => withTexts("scripts", () => import("./scripts/Scripts")))),
  },
  {
    id: "tasks",
    path: "tasks",
    icon: ListTodo,
    title: "areas.tasks",
    Page: lazy(() => withTexts("tasks", () => import("./tasks/Tasks"))),
    Mark: QuestionMark,
  },
];

export const HOME = home;
export const AREAS: readonly Area[] = [home, ...others];
