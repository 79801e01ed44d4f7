import page from "./offline.html?raw";

/** The page to show where there is no connection. It is part of the worker, so no cache has to hold it. */
export function offlinePage(nonce: string): Response {
  return new Response(page.replaceAll("%nonce%", nonce), {
    status: 503,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'`,
    },
  });
}
