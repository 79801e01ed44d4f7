import { expect, test } from "vitest";
import { withFormulas } from "./formulas";

test.each([
  ["Euler: $e^{i\\pi} = -1$.", "Euler: $$e^{i\\pi} = -1$$."],
  ["so \\(a^2 + b^2\\) holds", "so $$a^2 + b^2$$ holds"],
  ["\\[\nx = 1\n\\]", "$$\nx = 1\n$$"],
  ["$$x = 1$$", "$$\nx = 1\n$$"],
  ["$$\nx = 1\n$$", "$$\nx = 1\n$$"],
  ["where $$x = 1$$ holds", "where $$x = 1$$ holds"],
  ["- so\n  \\[ y \\]\n- next", "- so\n  $$\n  y\n  $$\n- next"],
  ["($x$, $y$)", "($$x$$, $$y$$)"],
  ["设 $x$，则", "设 $$x$$，则"],
])("%j becomes %j", (written, shown) => {
  expect(withFormulas(written)).toBe(shown);
});

test.each([
  "It costs $5 and then $10 more.",
  "From $5 to $10",
  "a price of $ 5 or 5 $",
  "US$5, US$10",
  "\\$x\\$ is escaped",
  "`$x$` and ``a ` $y$``",
  "```sh\necho $HOME $PATH$\n```",
  "```\n$$x$$",
  "~~~\n\\[x\\]\n~~~",
  "an open $$ that never\n\nends",
  "a line break \\\\[2pt] of a formula",
  "nothing of the kind",
])("%j stays as it is", (text) => {
  expect(withFormulas(text)).toBe(text);
});

test("what follows a block of code is read again", () => {
  expect(withFormulas("```\n$a$\n```\n$b$")).toBe("```\n$a$\n```\n$$b$$");
});

test("a long text with many open marks is read in a moment", () => {
  const text = "` $ \\( \\[ $$ `` ".repeat(4_000);
  const began = performance.now();
  withFormulas(text);
  expect(performance.now() - began).toBeLessThan(2_000);
});
