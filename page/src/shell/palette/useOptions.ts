import { keepPreviousData, useQuery } from "@tanstack/react-query";
import {
  FileUp,
  Keyboard,
  KeyRound,
  Languages,
  LayoutGrid,
  MessageSquareText,
  Monitor,
  Moon,
  Plus,
  SquarePen,
  Sun,
  TableProperties,
  Upload,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { AREAS, HOME } from "../../areas";
import { currentLanguage, LANGUAGES, type Language } from "../../i18n/i18n";
import { api } from "../../live/api";
import { tokensWindow } from "../../tokens/opening";
import { useSettled } from "../../ui/useSettled";
import { speak } from "../language";
import { go } from "../place";
import { currentTheme, THEMES, wearTheme } from "../theme";
import { useWorkspaces } from "../workspace/workspace";
import { workspaceName } from "../workspace/workspaceName";
import { NEW_KEYS } from "./keys";
import { type Group, matching, type Option } from "./options";

const FOUND = 8;
const RECENT = 5;
const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon };

/** What the palette offers for some words. `isSearching`: the conversations are still those of other words. */
export function useOptions(words: string, showKeys: () => void): { groups: Group[]; isSearching: boolean } {
  const { t } = useTranslation();
  const conversations = useConversationOptions(words);
  const workspaces = useWorkspaceOptions();
  const actions = { id: "actions", title: t("shell.palette.actions"), options: useActions() };
  const found = { id: "conversations", title: t("chat.conversations"), options: conversations.options };
  const others = [
    { id: "areas", title: t("shell.palette.areas"), options: useAreas() },
    { id: "workspaces", title: t("shell.workspace.others"), options: workspaces },
    { id: "settings", title: t("shell.settings"), options: useSettings() },
    { id: "help", title: t("shell.palette.help"), options: useHelp(showKeys) },
  ];
  // Conversations come late: while somebody types, nothing above them may move when they do.
  const groups = words
    ? [...[actions, ...others].map((group) => ({ ...group, options: matching(group.options, words) })), found]
    : [actions, found, ...others];
  return {
    groups: groups.filter((group) => group.options.length > 0),
    isSearching: conversations.isSearching,
  };
}

function useConversationOptions(words: string): { options: Option[]; isSearching: boolean } {
  const { t } = useTranslation();
  const asked = useSettled(words);
  const reading = useQuery({
    // NOTE: chat/useChatEvents.ts asks again for whatever begins with this key when a conversation changes.
    queryKey: ["conversations", "palette", asked],
    queryFn: () => api.list_conversations(null, asked ? FOUND : RECENT, asked || null),
    placeholderData: keepPreviousData,
  });
  const options = (reading.data?.items ?? []).map((each) => ({
    id: each.id,
    text: each.title || t("chat.untitled"),
    note: each.found,
    icon: MessageSquareText,
    run: () => go(`/chat/${each.id}`),
  }));
  return { options, isSearching: asked !== words || reading.isFetching };
}

function useActions(): Option[] {
  const { t } = useTranslation();
  const begin = () => go(`/${HOME.path}`);
  const leave = () => location.assign("/new");
  return [
    { id: "new", text: t("chat.newConversation"), icon: SquarePen, keys: NEW_KEYS, run: begin },
    {
      id: "new-item",
      text: t("shell.commands.newItem"),
      icon: TableProperties,
      run: () => go("/items/new"),
    },
    { id: "import", text: t("shell.commands.import"), icon: FileUp, run: () => go("/items/import") },
    { id: "upload", text: t("shell.commands.upload"), icon: Upload, run: () => go("/files/upload") },
    { id: "tokens", text: t("shell.commands.tokens"), icon: KeyRound, run: () => tokensWindow.set(true) },
    { id: "new-workspace", text: t("shell.workspace.new"), icon: Plus, run: leave },
  ];
}

function useAreas(): Option[] {
  const { t } = useTranslation();
  if (AREAS.length < 2) return [];
  return AREAS.map((area) => ({
    id: `area-${area.id}`,
    text: t(area.title),
    icon: area.icon,
    run: () => go(`/${area.path}`),
  }));
}

function useWorkspaceOptions(): Option[] {
  const { t } = useTranslation();
  const others = useWorkspaces().data?.items.filter((each) => each.id !== window.SESSION_UUID) ?? [];
  return others.map((each) => ({
    id: each.id,
    text: t("shell.palette.openWorkspace", { name: workspaceName(each) }),
    icon: LayoutGrid,
    run: () => location.assign(`/uuid=${each.id}`),
  }));
}

function useSettings(): Option[] {
  const { t } = useTranslation();
  const names = { system: t("shell.themeSystem"), light: t("shell.themeLight"), dark: t("shell.themeDark") };
  const themes = THEMES.filter((theme) => theme !== currentTheme()).map((theme) => ({
    id: `theme-${theme}`,
    text: t("shell.palette.wear", { theme: names[theme] }),
    icon: THEME_ICONS[theme],
    run: () => wearTheme(theme),
  }));
  const languages = Object.entries(LANGUAGES).filter(([language]) => language !== currentLanguage());
  return [
    ...themes,
    ...languages.map(([language, name]) => ({
      id: `language-${language}`,
      text: t("shell.palette.speak", { language: name }),
      icon: Languages,
      run: () => void speak(language as Language),
    })),
  ];
}

function useHelp(showKeys: () => void): Option[] {
  const { t } = useTranslation();
  return [{ id: "keys", text: t("shell.palette.keys"), icon: Keyboard, run: showKeys }];
}
