"""What schemathesis loads for its visit with a token: one that lives, since some call may delete the one it came with.

FUZZ_URL is the server's address, FUZZ_COOKIE the browser that makes the tokens.
"""

from __future__ import annotations

import os
from typing import Any

import requests
import schemathesis

import tests.doors.fuzz_keys  # noqa: F401 — its hook

BASE = os.environ.get("FUZZ_URL", "") + "/api/v1"
PATIENCE_S = 20


@schemathesis.auth(refresh_interval=1)
class LivingToken:
    """Gives every request the token, made anew where it is gone."""

    def __init__(self) -> None:
        self._token = ""

    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
        """Return a token that opens the workspace."""
        headers = {"Authorization": f"Bearer {self._token}"}
        if requests.get(f"{BASE}/session", headers=headers, timeout=PATIENCE_S).status_code == 401:
            cookie, asked = {"Cookie": os.environ["FUZZ_COOKIE"]}, {"name": "fuzz"}
            made = requests.post(f"{BASE}/tokens", json=asked, headers=cookie, timeout=PATIENCE_S)
            self._token = made.json()["data"]["token"]
        return self._token

    def set(self, case: schemathesis.Case[Any], data: str, context: schemathesis.AuthContext) -> None:
        """Put it into a request."""
        case.headers["Authorization"] = f"Bearer {data}"
