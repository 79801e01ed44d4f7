import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { bridgeScript } from "./bridge.plugin.ts";
import { packedFiles } from "./pack.plugin.ts";
import { papers } from "./papers.plugin.ts";
import { serviceWorker } from "./worker.plugin.ts";

export default defineConfig({
  base: "/static/app/",
  plugins: [react(), tailwindcss(), bridgeScript(), serviceWorker(), papers(), packedFiles()],
  build: {
    outDir: "../static/app",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // These know `light-dark()`, which the page's colours are written in.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // NOTE: the polyfill is an inline fetch of every chunk; templates/index.html asks for modern browsers.
    modulePreload: { polyfill: false },
    // Fonts and pictures stay files: the policy of the page allows data: for images only.
    assetsInlineLimit: 0,
    rollupOptions: { input: "src/main.tsx" },
  },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
