import { expect, test } from "vitest";
import { LogLines, type Piece } from "./logLines";

const AT = "2026-11-21T10:00:00Z";

function events(...said: [kind: string, data: { [key: string]: unknown }][]) {
  return said.map(([kind, data], place) => ({ number: place + 1, kind, at: AT, data }));
}

function shown(log: LogLines): string[] {
  return log.state.pieces.map(({ kind, text }: Piece) => `${kind}: ${text}`);
}

test("words run together, and what happens stands between them", () => {
  const log = new LogLines(false);
  log.take(
    events(
      ["state", { state: "processing" }],
      ["text", { text: "one " }],
      ["progress", { percent: 20 }],
      ["text", { text: "two" }],
      ["thinking", { text: "hm" }],
      ["state", { state: "waiting", question: { name: "send", text: "Send it?" } }],
      ["answer", { name: "send", answer: "yes" }],
      ["answer", { name: "number", answer: 2 }],
      ["page_opened", { url: "https://example.com" }],
      ["end", { state: "completed", error: null }],
    ),
  );
  expect(shown(log)).toEqual([
    "state: processing",
    "text: one two",
    "thinking: hm",
    "asked: Send it?",
    "answer: yes",
    "answer: 2",
    'event: page_opened {"url":"https://example.com"}',
    "state: completed",
  ]);
  expect(log.state).toMatchObject({ isCut: false, isEnded: true });
});

test("a page script's console has its levels, its value stands as JSON, a picture as itself", () => {
  const log = new LogLines(false);
  log.take(
    events(
      ["console", { level: "info", text: "one" }],
      ["console", { level: "error", text: "two", is_cut: true }],
      ["picture", { media_type: "image/jpeg", data: "AAAA" }],
      ["result", { value: { found: [1] } }],
    ),
  );
  expect(shown(log)).toEqual([
    "line: one",
    "line: two…",
    "picture: data:image/jpeg;base64,AAAA",
    'result: {\n  "found": [\n    1\n  ]\n}',
  ]);
  expect(log.state.pieces.map(({ level }) => level)).toEqual(["info", "error", undefined, undefined]);
});

test("of many pictures the newest is kept, however large, and takes no room from the words", () => {
  const log = new LogLines(false);
  const data = "A".repeat(400_000);
  log.take(events(["text", { text: "one" }], ["picture", { media_type: "image/jpeg", data: "BBBB" }]));
  log.take(events(["picture", { media_type: "image/jpeg", data }], ["text", { text: "two" }]));
  expect(log.state.pieces.map(({ kind }) => kind)).toEqual(["text", "picture", "text"]);
  expect(log.state.pieces[1]?.text.endsWith(data)).toBe(true);
  expect(log.state.isCut).toBe(false);
});

test("what only says that it is a picture is not shown as one", () => {
  const log = new LogLines(false);
  log.take(events(["picture", { media_type: "text/html", data: "AAAA" }]));
  expect(log.state.pieces).toEqual([]);
});

test("a value without end is cut, and says so", () => {
  const log = new LogLines(false);
  log.take(events(["result", { value: "a".repeat(1_000_000) }]));
  expect(log.state.pieces[0]?.text).toHaveLength(100_000);
  expect(log.state.pieces[0]?.text.endsWith("…")).toBe(true);
});

test("words that come in any cuts are the same words", () => {
  const text = "abcdefghij".repeat(1_500);
  const log = new LogLines(false);
  for (const size of [1, 3_999, 4_001, 7_000]) log.take(events(["text", { text: text.slice(0, size) }]));
  const said = log.state.pieces.map((piece) => piece.text).join("");
  expect(said).toBe([1, 3_999, 4_001, 7_000].map((size) => text.slice(0, size)).join(""));
  expect(Math.max(...log.state.pieces.map((piece) => piece.text.length))).toBe(4_000);
});

test("a log without end stays as small as its last part, and says so", () => {
  const log = new LogLines(false);
  for (let number = 0; number < 3_000; number++)
    log.take(events(["text", { text: `line ${number}\n`.repeat(100) }]));
  const letters = log.state.pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  expect(letters).toBeLessThanOrEqual(300_000);
  expect(log.state.pieces.at(-1)?.text.endsWith("line 2999\n")).toBe(true);
  expect(log.state.isCut).toBe(true);
  const many = new LogLines(false);
  many.take(
    events(...Array.from({ length: 5_000 }, (_, at) => ["step", { at }] as [string, { at: number }])),
  );
  expect(many.state.pieces).toHaveLength(1_000);
});

test("a snapshot stands for all that came before it", () => {
  const log = new LogLines(true);
  const at_ms = Date.parse(AT);
  const kept = [
    { kind: "text", data: { text: "one two " }, at_ms },
    { kind: "progress", data: { percent: 40 }, at_ms },
    { kind: "state", data: { state: "processing" }, at_ms },
  ];
  log.take(events(["text", { text: "two " }], ["snapshot", { events: kept }], ["text", { text: "three" }]));
  expect(shown(log)).toEqual(["text: one two ", "state: processing", "text: three"]);
  expect(log.state.isCut).toBe(false);
  const skipped = [{ kind: "text", data: { text: "two", skipped: 4 }, at_ms }];
  log.take(events(["snapshot", { events: skipped }]));
  expect(log.state.isCut).toBe(true);
  expect(log.state.pieces[0]?.at).toBe("2026-11-21T10:00:00.000Z");
});

test("what was not kept is told", () => {
  const log = new LogLines(true);
  expect(log.state.isCut).toBe(true);
  const gone = new LogLines(false);
  gone.cut();
  expect(gone.state.isCut).toBe(true);
});
