import { Settings2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage, LANGUAGES, type Language } from "../i18n/i18n";
import { Menu, MenuChoice, MenuLine } from "../ui/Menu";
import { speak } from "./language";
import { currentTheme, THEMES, wearTheme } from "./theme";

const LANGUAGE_OPTIONS = Object.entries(LANGUAGES).map(([value, text]) => ({
  value: value as Language,
  text,
}));

/** Language and theme. */
export function SettingsMenu(): ReactNode {
  const { t } = useTranslation();
  return (
    <Menu trigger={<SettingsButton />} align="start" side="top">
      <MenuChoice
        label={t("shell.language")}
        value={currentLanguage()}
        options={LANGUAGE_OPTIONS}
        onChoose={speak}
      />
      <MenuLine />
      <ThemeChoice />
    </Menu>
  );
}

function SettingsButton(props: object): ReactNode {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className="flex w-full items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm text-soft hover:bg-hover hover:text-ink"
      {...props}
    >
      <Settings2 aria-hidden="true" className="size-4.5" />
      {t("shell.settings")}
    </button>
  );
}

function ThemeChoice(): ReactNode {
  const { t } = useTranslation();
  const [theme, setTheme] = useState(currentTheme);
  const names = { system: t("shell.themeSystem"), light: t("shell.themeLight"), dark: t("shell.themeDark") };
  return (
    <MenuChoice
      label={t("shell.theme")}
      value={theme}
      options={THEMES.map((value) => ({ value, text: names[value] }))}
      onChoose={(chosen) => {
        wearTheme(chosen);
        setTheme(chosen);
      }}
    />
  );
}
