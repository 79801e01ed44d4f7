"""What a run becomes in a page of a window, whose scripts have one world in common with the page's own."""

from collections.abc import Sequence

from pydantic_core import to_json

from engines.base import BLANK, Ground, Script, ScriptFailed
from engines.json_text import read_json
from engines.scripts import body_of, exposing, meant

# A message of QWebChannel (qwebchannel.js: invokeMethod) to the one object there is: NOTE: engines/window_qt.py has it.
_SEND = (
    "((via) => (kind, text) => via.send(JSON.stringify({type: 6, id: 0, object: 'run', method: 'hear',"
    " args: [%s, kind, String(performance.timeOrigin), text]})))(window.qt.webChannelTransport)"
)
# All on one line before the script, so that its errors tell its own lines. It answers the document that it began in.
_RUN = (
    "(() => {{ try {{ const send = {send}, {{ debug }} = console, isOurs = location.href === {blank};"
    " const isShown = isOurs || {origins}.some((one) => one === location.origin);"
    " const call = (text) => send('call', text), end = (text) => {{"
    " console.debug = debug; if (isShown) delete window.pywebview; send('result', text); }};"
    " console.debug = (...given) => debug.call(console, {token}, ...given);"
    " ({body})(isOurs ? call : null).then(end, () => end({untold}));"
    " return performance.timeOrigin; }} catch {{ return -1; }} }})()"
)
_UNTOLD = '{"error": {"name": "Error", "message": "What the script threw cannot be told.", "stack": ""}}'
_CHECK = (
    '(() => {{ try {{ new (async () => {{}}).constructor({source}); return "{{}}"; }}'
    ' catch ({{ name, message }}) {{ return JSON.stringify({{ error: {{ name, message, stack: "" }} }}); }} }})()'
)


def run_of(token: str, ground: Ground, script: Script) -> str:
    """Return the script of a run: it has the methods where the document is a blank one of ours."""
    return _RUN.format(
        send=_SEND % _text(token),
        token=_text(token),
        blank=_text(BLANK),
        origins=to_json(sorted(script.origins)).decode(),
        body=body_of(script.source, ground.methods),
        untold=_text(_UNTOLD),
    )


def shown_of(token: str, methods: Sequence[str], origins: frozenset[str]) -> str:
    """Return what gives a document of a named origin the methods; nothing where none is named."""
    if not origins:
        return ""
    send = f"((send) => (text) => send('call', text))({_SEND % _text(token)})"
    return f"if ({meant(origins)}) ({exposing(methods)})({send})"


def check_of(source: str) -> str:
    """Return what reads a script without running it, for `raise_unread`."""
    return _CHECK.format(source=_text(source))


def raise_unread(text: str) -> None:
    """Raise ScriptFailed where `check_of` found that a script is none."""
    found = read_json(text)
    if "error" in found:
        raise ScriptFailed(**found["error"])


def _text(word: str) -> str:
    # Within a JSON text, U+2028 and U+2029 are fine in JavaScript since 2019.
    return to_json(word).decode()
