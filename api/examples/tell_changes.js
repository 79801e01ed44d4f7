// Looks whether the page's text has changed since the last run, and tells it. Give it an address and a schedule.
const api = window.pywebview.api;
const text = (document.querySelector("main") ?? document.body).innerText.trim().slice(0, 90_000);
const title = `Watched: ${document.title || location.host}`.slice(0, 200);

const { items } = await api.list_items({ tags: ["watched"] }, "-updated", null, 200);
const known = items.find((item) => item.attributes.page === location.href);
if (!known) {
  await api.create_item({ title, text, tags: ["watched"], attributes: { page: location.href } });
  return { changed: false, first: true };
}
if (known.text === text) return { changed: false };

const before = new Set(known.text.split("\n"));
const lines = text.split("\n").filter((line) => line.trim() && !before.has(line));
console.log(lines.slice(0, 50).join("\n"));
await api.update_item(known.id, { text, attributes: { changed_at: new Date().toISOString() } });
return { changed: true, lines: lines.slice(0, 50), notice: `${document.title || location.href} has changed.` };
