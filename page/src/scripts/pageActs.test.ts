import { expect, test } from "vitest";
import type { PageAct } from "../api.generated";
import { actOfKey, PageActs, pointOf } from "./pageActs";

function key(name: string, held: object = {}) {
  return { key: name, ctrlKey: false, metaKey: false, altKey: false, ...held };
}

test("what comes while acts are on their way goes together afterwards, letters as words", async () => {
  const sent: PageAct[][] = [];
  let arrive = () => {};
  const acts = new PageActs(
    (some) => {
      sent.push(some);
      return new Promise<void>((resolve) => {
        arrive = resolve;
      });
    },
    () => {},
  );
  acts.add({ kind: "click", x: 1, y: 2 });
  for (const letter of "hello") acts.add({ kind: "text", text: letter });
  acts.add({ kind: "wheel", x: 1, y: 1, dy: 10 });
  acts.add({ kind: "wheel", x: 2, y: 2, dy: 5 });
  arrive();
  await new Promise((resolve) => setTimeout(resolve));
  expect(sent).toEqual([
    [{ kind: "click", x: 1, y: 2 }],
    [
      { kind: "text", text: "hello" },
      { kind: "wheel", x: 2, y: 2, dx: 0, dy: 15 },
    ],
  ]);
});

test("after a refusal the next act is sent all the same", async () => {
  const problems: unknown[] = [];
  const acts = new PageActs(
    () => Promise.reject(new Error("refused")),
    (error) => problems.push(error),
  );
  acts.add({ kind: "click" });
  await new Promise((resolve) => setTimeout(resolve));
  acts.add({ kind: "click" });
  await new Promise((resolve) => setTimeout(resolve));
  expect(problems).toHaveLength(2);
});

test.each([
  [key("a"), { kind: "text", text: "a" }],
  [key("塔"), { kind: "text", text: "塔" }],
  [key("Enter"), { kind: "key", text: "Enter" }],
  [key("Tab"), null],
  [key("Escape"), null],
  [key("F5"), null],
  [key("a", { ctrlKey: true }), null],
  [key("Shift"), null],
])("%j is %j", (event, act) => {
  expect(actOfKey(event)).toEqual(act);
});

test("a place in a small picture is a place in the large page", () => {
  const box = { left: 100, top: 50, width: 320, height: 180 };
  expect(pointOf({ clientX: 260, clientY: 140 }, box, { width: 1280, height: 720 })).toEqual({
    x: 640,
    y: 360,
  });
});
