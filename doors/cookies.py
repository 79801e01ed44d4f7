"""The cookies: one browser key, and a short signed one for each UUID that was minted and is not stored yet."""

import hmac
from collections.abc import Mapping
from uuid import UUID

from werkzeug.wrappers import Response

from sessions.keys import MAX_PROOFS, BrowserKeys, is_key, new_key

KEY_COOKIE = "studiolo_key"
PROOF_COOKIE = "studiolo_mint_"
WINDOW_COOKIE = "studiolo_window"
KEY_AGE_S = 400 * 86_400  # the longest that browsers keep a cookie


class WindowMark:
    """Tells this process's own desktop window from every other browser, by a word that nobody else was given."""

    def __init__(self) -> None:
        self._word = new_key()

    def is_on(self, cookies: Mapping[str, str]) -> bool:
        """Tell whether a request comes from the window."""
        given = cookies.get(WINDOW_COOKIE, "")
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._word.encode())

    def put_on(self, response: Response) -> None:
        """Mark the window."""
        response.set_cookie(WINDOW_COOKIE, self._word, httponly=True, samesite="Strict")


def read_keys(cookies: Mapping[str, str]) -> BrowserKeys:
    """Return the words a browser brought; what has not their shape is left out."""
    key = cookies.get(KEY_COOKIE, "")
    proofs = {
        name.removeprefix(PROOF_COOKIE): value for name, value in cookies.items() if name.startswith(PROOF_COOKIE)
    }
    found = {UUID(hex_): proof for hex_, proof in proofs.items() if _is_hex(hex_)}
    return BrowserKeys(key=key if is_key(key) else None, proofs=found)


def proof_cookie(session_id: UUID) -> str:
    """Return the name of the cookie that proves a mint."""
    return PROOF_COOKIE + session_id.hex


def surplus_proofs(keys: BrowserKeys) -> list[UUID]:
    """Return the oldest proofs, those over the number a browser may keep once one more is added."""
    by_age = sorted(keys.proofs, key=lambda session_id: keys.proofs[session_id].partition(".")[0].zfill(12))
    return by_age[: max(0, len(by_age) - MAX_PROOFS + 1)]


def parse_cookie_header(header: str) -> dict[str, str]:
    """Return the cookies of a raw header; of a name that came twice the first counts, as in Flask."""
    pairs = (part.strip().partition("=") for part in reversed(header.split(";")))
    return {name: value for name, is_pair, value in pairs if is_pair}


def _is_hex(word: str) -> bool:
    return len(word) == 32 and all(letter in "0123456789abcdef" for letter in word)
