import { expect, test } from "vitest";
import type { ScriptLine } from "../api.generated";
import { inOrder } from "./order";

function script(name: string, updated_at: string): ScriptLine {
  return { name, updated_at } as ScriptLine;
}

test("what was changed last stands first; at one moment the names decide", () => {
  const scripts = [
    script("b", "2026-11-20T10:00:00Z"),
    script("c", "2026-11-21T10:00:00+02:00"),
    script("a", "2026-11-20T10:00:00Z"),
    script("d", "2026-11-21T09:00:00Z"),
  ];
  expect(inOrder(scripts).map(({ name }) => name)).toEqual(["d", "c", "a", "b"]);
});
