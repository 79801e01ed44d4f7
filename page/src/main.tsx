import { QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startTranslations } from "./i18n/i18n";
import { startLive } from "./live/live";
import { queries, refreshWhenBack } from "./live/queries";
import { startSession } from "./live/session";
import { announceReady, installStandIn } from "./live/standin";
import "./page.css";
import { Shell } from "./shell/Shell";
import { colourFrame } from "./shell/theme";
import { registerWorker } from "./shell/worker/register";

async function start(): Promise<void> {
  // Radix puts a style sheet into the page while a dialog is open; the page's policy asks for the nonce.
  setNonce(document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.nonce ?? "");
  const isStandIn = installStandIn(window.STUDIOLO.methods);
  colourFrame();
  startLive();
  startSession();
  refreshWhenBack();
  if (isStandIn) announceReady();
  // pywebview puts its own object, which names the platform, in place of the stand-in a moment after the page loads.
  registerWorker(() => isStandIn && !("platform" in (window.pywebview ?? {})));
  await startTranslations();
  const place = document.getElementById("page");
  if (!place) return;
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Shell />
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
