"""The calls of the desktop window: from what its page says to an answer, or to an exception that its page may see."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from loguru import logger

from api.api import Api
from api.caller import LANGUAGES
from api.errors import ApiError, BadRequest, ForeignOrigin, InternalError
from doors.asking import IDEMPOTENCY_KEY, MAX_KEY
from doors.entrance import Entrance
from doors.facade import Exposed, facade_names, functions_of, named, plain
from doors.own import open_own, own_caller
from sessions.keys import BrowserKeys, Proofs, parse_uuid

KEY = "$idempotency_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a window knows of the page it shows: its own words, and whether it is one of ours."""

    told: dict[str, Any]
    is_ours: bool

    @property
    def language(self) -> str:
        """The page's language."""
        word = self.told.get("language")
        return word if word in LANGUAGES else LANGUAGES[0]


class WindowCalls:
    """Answers the window's calls with the person's own key; the page names the workspace."""

    def __init__(self, entrance: Entrance, keys: BrowserKeys, proofs: Proofs) -> None:
        self._entrance = entrance
        self._keys = keys
        self._proofs = proofs

    def functions(self, page: Callable[[], PageFacts]) -> list[Exposed]:
        """Return the functions of a window; `page` tells of what it shows at the moment of a call."""
        names = facade_names(self._entrance.ground.methods)
        return functions_of(names, lambda name, given: self._answer(page(), name, given))

    def _answer(self, page: PageFacts, name: str, given: list[Any]) -> Any:
        try:
            if not page.is_ours:
                raise ForeignOrigin
            api, key = self._open(page.told.get("session")), _taken_key(given)
            return plain(api.call(own_caller(api, "desktop", page.language, key), name, given))
        except ApiError as error:
            shown = named(error, page.language)
        except Exception as error:  # noqa: BLE001 — a door: no traceback crosses it
            logger.opt(exception=error).error("A call of the window broke")
            shown = named(InternalError(), page.language)
        raise shown

    def _open(self, word: object) -> Api:
        session_id = parse_uuid(word) if isinstance(word, str) else None
        if session_id is None:
            return open_own(self._entrance, self._keys)
        # The page's cookie has the proof of a workspace that is not stored yet; here it is made anew. Not being
        # current, it opens nothing that belongs to another key.
        proofs = {session_id: self._proofs.make(session_id)}
        return self._entrance.open(str(session_id), replace(self._keys, proofs=proofs, is_current=False))


def _taken_key(given: list[Any]) -> str | None:
    """Take a call's idempotency key off its arguments: a last one that is nothing but `{"$idempotency_key": ...}`."""
    if not given or not isinstance(given[-1], dict) or given[-1].keys() != {KEY}:
        return None
    key = given.pop()[KEY]
    if not isinstance(key, str) or not IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest(reason=f"{KEY} has 1 to {MAX_KEY} letters of ASCII, without blanks")
    return key
