export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

// NOTE: templates/index.html reads this key before the first paint.
const KEPT_AS = "studiolo:theme";

export function currentTheme(): Theme {
  return THEMES.find((theme) => theme === document.documentElement.dataset.theme) ?? "system";
}

export function wearTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEPT_AS, theme);
  } catch {
    // A browser that keeps nothing shows the theme until the page is left.
  }
}
