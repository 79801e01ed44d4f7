/**
 * Let a service worker keep the page's own files, once the page has loaded and has nothing better to do.
 *
 * @param isBrowser asked at that moment; a desktop window needs no worker.
 */
export function registerWorker(isBrowser: () => boolean): void {
  // Browsers have workers on https and localhost only.
  if (!("serviceWorker" in navigator)) return;
  afterLoad(() => {
    if (isBrowser()) navigator.serviceWorker.register("/service-worker.js").catch(() => {}); // the page needs none
  });
}

function afterLoad(act: () => void): void {
  const later = () => (window.requestIdleCallback ?? setTimeout)(act);
  if (document.readyState === "complete") later();
  else window.addEventListener("load", later, { once: true });
}
