export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

// NOTE: templates/index.html reads this key before the first paint.
const KEPT_AS = "studiolo:theme";
// NOTE: templates/index.html has the same two for the system's choice.
const FRAMES = { light: "#fbfaf8", dark: "#171615" };

export function currentTheme(): Theme {
  return THEMES.find((theme) => theme === document.documentElement.dataset.theme) ?? "system";
}

export function wearTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  colourFrame();
  try {
    localStorage.setItem(KEPT_AS, theme);
  } catch {
    // A browser that keeps nothing shows the theme until the page is left.
  }
}

/** Give the browser's own frame around the page the colour of its theme. */
export function colourFrame(): void {
  const theme = currentTheme();
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
    const wished = meta.media.includes("dark") ? "dark" : "light";
    meta.content = FRAMES[theme === "system" ? wished : theme];
  }
}
