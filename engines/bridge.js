// What a script's `window.pywebview.api` is: `send` takes a call as text; Python settles its promise by `_settle`.
// NOTE: Python answers eight at once and refuses beyond 256 (engines/calls.py). More than that is held here, as what
// carries the calls of all pages would be busy with one page's.
(send, methods) => {
  const waiting = new Map(), held = [];
  let last = 0;
  let underWay = 0;
  const sendNext = () => {
    for (; underWay < 8 && held.length > 0; underWay++) send(held.shift());
  };
  const call = (name, given) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const text = JSON.stringify({ id, name, given });
      if (waiting.size >= 256) throw error(flood);
      waiting.set(id, { resolve, reject });
      held.push(text);
      sendNext();
    });
  const flood = { name: "TooManyRequests", message: "256 calls wait already: await some.", code: "too_many_requests" };
  const error = ({ name, message, ...facts }) => Object.assign(new Error(message), { name }, facts);
  const settle = (id, isFine, text) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    if (waiting.delete(id)) underWay--;
    sendNext();
    if (isFine) resolve?.(JSON.parse(text));
    else reject?.(error(JSON.parse(text)));
  };
  // What the run before left under way is nobody's by now, and must not stand in the way of this one's calls.
  const begin = () => {
    waiting.clear();
    held.length = underWay = 0;
    return true;
  };
  const api = Object.fromEntries(methods.map((name) => [name, (...given) => call(name, given)]));
  Object.defineProperty(window, "pywebview", { configurable: true, value: { api, _settle: settle, _begin: begin } });
};
