"""What a run becomes in a page of Chrome: its own script lives in a world that the page's scripts cannot look into.

Calls leave that world by two functions that Chrome puts into it and nowhere else. A page's own scripts, where a run
names their origin, have a port to a script of ours in that world, which passes their calls on.
"""

from collections.abc import Iterable, Sequence

from engines.scripts import body_again, body_of, exposing, meant

WORLD = "studiolo"
CALL = "studioloCall"  # a call of the run's script
FORWARD = "studioloForward"  # one of the page's own
_PORT = "studiolo-port"
_PASSING_ON = """if ({meant}) {{
  const ports = ((globalThis.studiolo ??= {{ ports: [] }}).ports);
  studiolo.settle = (number, ...told) => ports[number]?.postMessage(told);
  window.addEventListener("{port}", ({{ ports: [port] }}) => {{
    const number = ports.push(port) - 1;
    port.onmessage = ({{ data }}) => typeof data === "string" && {forward}(`${{number}} ${{data}}`);
  }}, {{ once: true }});
}}
0"""
_SHOWING = """if ({meant}) {{
  const {{ port1, port2 }} = new MessageChannel();
  window.dispatchEvent(new MessageEvent("{port}", {{ ports: [port2] }}));
  port1.onmessage = ({{ data }}) => window.pywebview._settle(...data);
  ({exposing})((text) => port1.postMessage(text));
}}
0"""


def run_of(source: str, methods: Sequence[str]) -> str:
    """Return the script of a run, which brings the methods with it."""
    return f"({body_of(source, methods)})({CALL})"


def run_again(source: str) -> str:
    """Return the same for a world where a run has left the methods; it answers nothing where none has."""
    return f"({body_again(source)})({CALL})"


def passing_on(origins: Iterable[str]) -> str:
    """Return what takes a port and passes on the calls that come by it, in our world on one of these origins."""
    return _PASSING_ON.format(meant=meant(origins), port=_PORT, forward=FORWARD)


def showing(methods: Sequence[str], origins: Iterable[str]) -> str:
    """Return what gives a page's own scripts the methods, and hands a port to our world, on one of these origins."""
    return _SHOWING.format(meant=meant(origins), port=_PORT, exposing=exposing(methods))
