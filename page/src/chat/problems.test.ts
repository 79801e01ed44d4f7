import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ErrorBody } from "../api.generated";
import { CallError } from "../live/errors";
import { bodyOf, leftOf, remedyOf, waitOf } from "./problems";

function error(code: string, details: ErrorBody["details"] = {}): ErrorBody {
  return { code, message: "", details };
}

test.each([
  ["model_unreachable", "model", "again"],
  ["model_refused", "model", "help"],
  ["model_payment_required", "model", "otherModel"],
  ["model_not_found", "model", "otherModel"],
  ["model_bad_request", "question", "begin"],
  ["no_model", "model", "help"],
  ["interrupted", "server", "again"],
  ["connection_lost", "connection", "again"],
])("%s: the part that failed is the %s, the first step is %s", (code, part, step) => {
  expect([remedyOf(code).part, remedyOf(code).steps[0]]).toEqual([part, step]);
});

test("every error of a model server has its own steps", () => {
  const source = readFileSync(join(import.meta.dirname, "../../../api/model_errors.py"), "utf8");
  const codes = [...source.matchAll(/^class (\w+)\(/gm)].map(([, name]) =>
    (name ?? "").replaceAll(/(?<!^)(?=[A-Z])/g, "_").toLowerCase(),
  );
  expect(codes.length).toBeGreaterThan(9);
  expect(codes.filter((code) => remedyOf(code) === remedyOf("a code nobody knows"))).toEqual([]);
});

test("an error says how long to wait, within bounds", () => {
  expect(waitOf(error("too_many_calls", { retry_after: 3 }))).toBe(3);
  expect(waitOf(error("model_busy", { retry_after: 1.2 }))).toBe(2);
  expect(waitOf(error("model_busy"))).toBeGreaterThan(0);
  expect(waitOf(error("model_failed"))).toBe(0);
  expect(waitOf(error("unavailable", { retry_after: 1e9 }))).toBe(600);
});

test("the wait runs down to nothing", () => {
  expect(leftOf(5, 1000, 1000)).toBe(5);
  expect(leftOf(5, 1000, 3500)).toBe(3);
  expect(leftOf(5, 1000, 60_000)).toBe(0);
});

test("a server whose clock is ahead makes nobody wait longer", () => {
  expect(leftOf(5, 90_000, 1000)).toBe(5);
});

test("what a call rejects with keeps its code, anything else has words", () => {
  const lost = new CallError({ code: "no_model", message: "None.", details: { next: "x" } });
  expect(bodyOf(lost)).toEqual({ code: "no_model", message: "None.", details: { next: "x" } });
  expect(bodyOf(new TypeError("odd")).message).toBe("odd");
});
