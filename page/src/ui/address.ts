const LINKS = new Set(["http:", "https:", "mailto:"]);
const PICTURES = /^data:image\/(png|jpeg|gif|webp|avif);base64,/i;

/** An address a link in a text may lead to, or "" for one it may not (`javascript:` and its kin). */
export function safeLink(address: string): string {
  if (address.startsWith("#")) return address;
  return LINKS.has(resolved(address)?.protocol ?? "") ? address : "";
}

/**
 * Whether a picture may be shown in place: a file of this server, or one carried in the text. Others would tell who
 * reads, and other addresses of this server do something when they are opened (`/new`).
 */
export function isOwnPicture(address: string): boolean {
  if (PICTURES.test(address) || address.startsWith("blob:")) return true;
  const url = resolved(address);
  return url?.origin === here().origin && url.pathname.startsWith("/files/");
}

function resolved(address: string): URL | null {
  return URL.canParse(address, here()) ? new URL(address, here()) : null;
}

function here(): URL {
  return new URL(globalThis.location?.href ?? "http://localhost/");
}
