import { expect, test } from "vitest";
import type { Message } from "../api.generated";
import { ended } from "./ending";

const streaming: Message = {
  id: "m2",
  conversation_id: "c1",
  number: 2,
  role: "assistant",
  text: "",
  model: "a/b",
  state: "streaming",
  error: null,
  task_id: "t1",
  created_at: "",
  ended_at: null,
  figures: null,
  thinking: null,
  branches: ["m2"],
};

test.each([
  ["completed", "complete"],
  ["cancelled", "stopped"],
])("a task that is %s leaves its answer %s, with the words that came", (state, shown) => {
  const said = { text: "words", thinking: "hm" };
  expect(ended(streaming, said, { state })).toMatchObject({ id: "m2", state: shown, ...said });
});

test("how an answer failed is not told by its stream", () => {
  expect(ended(streaming, { text: "words", thinking: "" }, { state: "failed" })).toBeNull();
});
