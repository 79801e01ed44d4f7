import { expect, test } from "vitest";
import { placeOf } from "./place";

test.each([
  ["", { path: "", rest: "" }],
  ["#", { path: "", rest: "" }],
  ["#/chat", { path: "chat", rest: "" }],
  ["#/chat/", { path: "chat", rest: "" }],
  ["#/chat/4711", { path: "chat", rest: "4711" }],
  ["#/files/a/b", { path: "files", rest: "a/b" }],
])("%j is read as an area and what follows", (hash, place) => {
  expect(placeOf(hash)).toEqual(place);
});
