import { startLive } from "./live/live";
import { announceReady, installStandIn } from "./live/standin";

// The stand-in for plain HTML pages: their scripts call `window.pywebview.api` and know nothing of Studiolo.
if (installStandIn(window.STUDIOLO.methods)) {
  startLive();
  announceReady();
}
