// What a script's `window.pywebview.api` is: `send` takes a call as text; Python settles its promise by `_settle`.
(send, methods) => {
  const waiting = new Map();
  let last = 0;
  const call = (name, given) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const text = JSON.stringify({ id, name, given });
      waiting.set(id, { resolve, reject });
      send(text);
    });
  const error = ({ name, message, ...facts }) => Object.assign(new Error(message), { name }, facts);
  const settle = (id, isFine, text) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (isFine) resolve?.(JSON.parse(text));
    else reject?.(error(JSON.parse(text)));
  };
  const api = Object.fromEntries(methods.map((name) => [name, (...given) => call(name, given)]));
  Object.defineProperty(window, "pywebview", { configurable: true, value: { api, _settle: settle } });
};
