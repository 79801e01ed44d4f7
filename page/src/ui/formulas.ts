// In the order in which they take a text: fenced code, code in a line, then formulas between \[ \], \( \), $$ $$, $ $.
// All but fenced code end with their paragraph. A single dollar opens a formula only where a letter follows and one
// precedes the closing dollar, and no digit or letter follows that: two prices in a sentence are no formula.
// https://pandoc.org/MANUAL.html#extension-tex_math_dollars
// The bound keeps a text full of open marks from being searched to its end at each of them.
const PARAGRAPH = "(?:(?!\\n[ \\t]*\\n)[\\s\\S]){1,3000}?";
const TOKENS = new RegExp(
  [
    "^[ \\t]*(?<fence>`{3,}|~{3,})[^\\n]*(?:\\n[\\s\\S]*?(?:\\n[ \\t]*\\k<fence>[`~]*[ \\t]*(?=\\n|(?![\\s\\S]))|(?![\\s\\S]))|(?![\\s\\S]))",
    `(?<ticks>\`+)(?!\`)${PARAGRAPH}(?<!\`)\\k<ticks>(?!\`)`,
    `(?<!\\\\)\\\\\\[(?<square>${PARAGRAPH})\\\\\\]`,
    `(?<!\\\\)\\\\\\((?<round>${PARAGRAPH})\\\\\\)`,
    `(?<!\\\\)\\$\\$(?<double>${PARAGRAPH})\\$\\$`,
    "(?<![\\\\$\\w])\\$(?![\\s$])(?<single>[^\\n$]*?[^\\s\\\\$])\\$(?![\\w$])",
  ].join("|"),
  "gm",
);

interface Found {
  square?: string;
  round?: string;
  double?: string;
  single?: string;
}

/** A text whose formulas all stand between double dollars, however they were written; code stays as it is. */
export function withFormulas(text: string): string {
  if (!/\$|\\[[(]/.test(text)) return text;
  return text.replace(TOKENS, (whole: string, ...rest: unknown[]) => {
    const [offset, , { square, round, double, single }] = rest.slice(-3) as [number, string, Found];
    const line = round ?? single;
    if (line !== undefined) return inLine(line);
    const apart = square ?? double;
    return apart === undefined
      ? whole
      : asBlock(apart, before(text, offset), after(text, offset + whole.length));
  });
}

function inLine(formula: string): string {
  return `$$${formula.trim().replaceAll(/\s*\n\s*/g, " ")}$$`;
}

// Alone on its lines it is a block of its own; within a sentence it stays there.
function asBlock(formula: string, ahead: string, behind: string): string {
  if (ahead.trim() || behind.trim()) return inLine(formula);
  const lines = formula.trim().split("\n");
  return ["$$", ...lines.map((line) => ahead + line.trim()), `${ahead}$$`].join("\n");
}

function before(text: string, offset: number): string {
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

function after(text: string, offset: number): string {
  const end = text.indexOf("\n", offset);
  return text.slice(offset, end < 0 ? text.length : end);
}
