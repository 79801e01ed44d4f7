import { expect, test } from "vitest";
import { Caller, type Way, type Ways } from "./caller";
import { CallError, connectionLost } from "./errors";

type Call = [way: string, method: string, key: string | undefined];

interface Clock {
  ms: number;
  waits: number[];
}

function ways(live: Way, post: Way, isLive = true): { caller: Caller; calls: Call[]; clock: Clock } {
  const calls: Call[] = [];
  const clock: Clock = { ms: 0, waits: [] };
  let keys = 0;
  const counted =
    (name: string, way: Way): Way =>
    (method, positional, key) => {
      calls.push([name, method, key]);
      return way(method, positional, key);
    };
  const around: Ways = {
    isLive: () => isLive,
    live: counted("live", live),
    post: counted("post", post),
    newKey: () => `key-${++keys}`,
    wait: async (ms) => void clock.waits.push(ms),
    now: () => clock.ms,
  };
  return { caller: new Caller(around), calls, clock };
}

const lost: Way = () => Promise.reject(connectionLost());
const fine: Way = (method) => Promise.resolve(method);

test("a call goes over the socket while it is open", async () => {
  const { caller, calls } = ways(fine, lost);
  await expect(caller.call("get_session", [])).resolves.toBe("get_session");
  expect(calls).toEqual([["live", "get_session", undefined]]);
});

test("a call goes by HTTP while there is no socket", async () => {
  const { caller, calls } = ways(lost, fine, false);
  await caller.call("cancel_task", ["id"]);
  expect(calls).toEqual([["post", "cancel_task", undefined]]);
});

test.each(["get_conversation", "list_models"])(
  "a read lost with the socket (%s) is asked again by HTTP",
  async (name) => {
    const { caller, calls } = ways(lost, fine);
    await expect(caller.call(name, [])).resolves.toBe(name);
    expect(calls.map(([way]) => way)).toEqual(["live", "post"]);
  },
);

test.each(["send_message", "retry_message", "create_item", "delete_conversation"])(
  "%s is repeated with the same key",
  async (name) => {
    const { caller, calls } = ways(lost, fine);
    await caller.call(name, ["text"]);
    expect(calls).toEqual([
      ["live", name, "key-1"],
      ["post", name, "key-1"],
    ]);
  },
);

test.each(["cancel_task", "update_session_data", "add_count"])(
  "%s is not repeated: it may have taken effect",
  async (name) => {
    const { caller, calls } = ways(lost, fine);
    await expect(caller.call(name, [])).rejects.toMatchObject({ name: "ConnectionLost" });
    expect(calls).toHaveLength(1);
  },
);

test("a page may give a call a key of its own, in the window as in the browser", async () => {
  const { caller, calls } = ways(lost, fine);
  await caller.call("add_count", [2, { $idempotency_key: "mine" }]);
  expect(calls).toEqual([
    ["live", "add_count", "mine"],
    ["post", "add_count", "mine"],
  ]);
});

test("each new question has a key of its own", async () => {
  const { caller, calls } = ways(fine, fine);
  await caller.call("send_message", ["hello"]);
  await caller.call("send_message", ["hello"]);
  expect(calls.map(([, , key]) => key)).toEqual(["key-1", "key-2"]);
});

test("the same question sent again after nobody knew its fate keeps its key", async () => {
  const { caller, calls } = ways(lost, lost);
  await expect(caller.call("send_message", ["hello"])).rejects.toMatchObject({ name: "ConnectionLost" });
  await expect(caller.call("send_message", ["hello"])).rejects.toMatchObject({ name: "ConnectionLost" });
  expect(new Set(calls.map(([, , key]) => key))).toEqual(new Set(["key-1"]));
});

test("a repeat that meets its first sending still under way waits for its answer", async () => {
  const busy = new CallError({ code: "still_running", message: "", details: { retry_after: 1 } });
  const answers = [Promise.reject(busy), Promise.resolve("done")];
  const { caller, calls } = ways(lost, () => answers.shift() ?? fine("", []));
  await expect(caller.call("create_item", [])).resolves.toBe("done");
  expect(calls.map(([way, , key]) => [way, key])).toEqual([
    ["live", "key-1"],
    ["post", "key-1"],
    ["post", "key-1"],
  ]);
});

test("the same words sent ten minutes later are a new question", async () => {
  const { caller, calls, clock } = ways(lost, lost);
  await expect(caller.call("send_message", ["yes"])).rejects.toThrow();
  clock.ms = 601_000;
  await expect(caller.call("send_message", ["yes"])).rejects.toThrow();
  expect(new Set(calls.map(([, , key]) => key))).toEqual(new Set(["key-1", "key-2"]));
});

test("each pause is followed by another try", async () => {
  const { caller, calls, clock } = ways(lost, lost);
  await expect(caller.call("get_session", [])).rejects.toMatchObject({ name: "ConnectionLost" });
  expect(calls.filter(([way]) => way === "post")).toHaveLength(clock.waits.length + 1);
});

test("a question that was refused gets a new key", async () => {
  const refuse: Way = () =>
    Promise.reject(new CallError({ code: "too_many_tasks", message: "", details: {} }));
  const { caller, calls } = ways(refuse, fine);
  await expect(caller.call("send_message", ["hello"])).rejects.toMatchObject({ name: "TooManyTasks" });
  await expect(caller.call("send_message", ["hello"])).rejects.toThrow();
  expect(calls.map(([, , key]) => key)).toEqual(["key-1", "key-2"]);
});

test("an error of the server is not asked again", async () => {
  const refuse: Way = () => Promise.reject(new CallError({ code: "not_found", message: "", details: {} }));
  const { caller, calls } = ways(refuse, fine);
  await expect(caller.call("get_task", ["x"])).rejects.toMatchObject({ name: "NotFound" });
  expect(calls).toHaveLength(1);
});
