"""Who asks."""

from dataclasses import dataclass
from uuid import UUID

LANGUAGES = ("en", "zh-CN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One call's asker: the door it came by, the workspace it names, and what rides with it.

    `owner` is the SHA-256 of the browser key that the workspace belongs to; `token` the id of the token that opened it,
    None where a cookie did; `language` one of LANGUAGES.
    """

    door: str
    session_id: UUID
    owner: bytes
    request_id: str
    language: str = "en"
    address: str = ""
    token: UUID | None = None
    account: UUID | None = None
    scopes: frozenset[str] = frozenset()
    idempotency_key: str | None = None
    expected_version: int | None = None


def pick_language(wish: str) -> str:
    """Return the best of LANGUAGES for the words of an Accept-Language list; English where none fits."""
    for part in wish.lower().split(","):
        if part.strip().startswith("zh"):
            return "zh-CN"
        if part.strip().startswith("en"):
            return "en"
    return "en"
