import { expect, test } from "vitest";
import { curlOf, mcpOf } from "./uses";

test("the command asks the server that the page came from, with the token", () => {
  expect(curlOf("http://here:5000", "T0KEN")).toBe(
    'curl -H "Authorization: Bearer T0KEN" http://here:5000/api/v1/session',
  );
});

test("the configuration is JSON that names the address and the token", () => {
  const { studiolo } = JSON.parse(mcpOf("https://desk.example", "T0KEN")).mcpServers;
  expect(studiolo).toEqual({
    type: "http",
    url: "https://desk.example/mcp",
    headers: { Authorization: "Bearer T0KEN" },
  });
});
