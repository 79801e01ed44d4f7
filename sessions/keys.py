"""What opens a workspace: the browser's key, and the proofs that this browser was given a UUID not yet stored."""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

PROOF_DAYS = 7
MAX_PROOFS = 8
SCANNER_WORD = "studiolo_"
KEY_LETTERS = 43  # 256 bits in base64url


@dataclass(frozen=True, kw_only=True)
class BrowserKeys:
    """The words a browser's cookies carry: its key, and a proof for each UUID it was given.

    `is_current` is false for words that a socket has held since it opened: the browser may have others by now.
    """

    key: str | None = None
    proofs: Mapping[UUID, str] = field(default_factory=dict)
    is_current: bool = True

    @cached_property
    def owner(self) -> bytes | None:
        """SHA-256 of the key: what a session's row keeps. None without a key."""
        return hash_key(self.key) if self.key else None


def new_key() -> str:
    """Return a new 256-bit browser key."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """Return a new token: 256 bits behind a word by which scanners for leaked secrets know it."""
    return SCANNER_WORD + secrets.token_urlsafe(32)


def is_key(word: str) -> bool:
    """Tell whether a cookie's word has the shape of a browser key."""
    return len(word) == KEY_LETTERS and word.isascii()


def hash_key(key: str) -> bytes:
    """Return the 32 bytes that a session's row keeps of a key."""
    return hashlib.sha256(key.encode()).digest()


def parse_uuid(word: str) -> UUID | None:
    """Return the UUID a visitor wrote in its one usual form, or None."""
    try:
        found = UUID(word)
    except ValueError:
        return None
    return found if str(found) == word else None


_MOMENT = re.compile(r"[0-9]{1,12}")


def _same(given: str, wanted: str) -> bool:
    # compare_digest takes no letters outside ASCII, and a cookie may hold any.
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


class Proofs:
    """Makes and checks the signed words that prove a mint: `<seconds>.<HMAC-SHA256, 128 bits>`."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self, session_id: UUID, now_s: int | None = None) -> str:
        """Return the proof for a UUID minted now."""
        moment = str(int(time.time()) if now_s is None else now_s)
        return f"{moment}.{self._sign(session_id, moment)}"

    def minted_s(self, session_id: UUID, proof: str | None) -> int | None:
        """Return when the proven mint was (Unix seconds), or None where the proof is missing, false or too old."""
        moment, _, signature = (proof or "").partition(".")
        if not _MOMENT.fullmatch(moment) or not _same(signature, self._sign(session_id, moment)):
            return None
        age_s = time.time() - int(moment)
        return int(moment) if age_s < PROOF_DAYS * 86_400 else None

    def _sign(self, session_id: UUID, moment: str) -> str:
        digest = hmac.digest(self._secret, f"mint|{session_id}|{moment}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
