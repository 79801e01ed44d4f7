// Reads the first table of the page into items, one a row; run again, it brings them up to date.
const api = window.pywebview.api;
const table = document.querySelector("table");
if (!table) throw new Error(`${location.href} has no table. Give the script the address of a page that has one.`);

const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
const names = table.tHead || table.querySelector("th") ? rows.shift() : rows[0].map((_, place) => `column ${place + 1}`);
const asNumber = (text) => (/^-?[\d\s.,']*\d/.test(text) ? Number(text.match(/-?[\d.]+/g).join("")) : NaN);

let added = 0;
let changed = 0;
for (const cells of rows.filter(([title]) => title)) {
  const title = cells[0].slice(0, 200);
  const number = cells.slice(1).map(asNumber).find(Number.isFinite) ?? null;
  const attributes = { page: location.href };
  cells.forEach((text, place) => (attributes[names[place] || `column ${place + 1}`] = text));
  const { items } = await api.list_items({ search: title, tags: ["table"] }, "-updated", null, 200);
  const known = items.find((item) => item.title === title && item.attributes.page === location.href);
  if (known) await api.update_item(known.id, { number, attributes });
  else await api.create_item({ title, number, attributes, tags: ["table"] });
  known ? changed++ : added++;
  console.log(title, number ?? "");
}
return { added, changed };
