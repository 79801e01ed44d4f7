"""Tokens: keys to this workspace for programs, which bring no cookie."""

import uuid
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from api.area import Area
from api.errors import Forbidden, NotFound
from api.method import method
from api.words import NOT_BLANK, SAID
from sessions.keys import hash_key, new_token
from store import token_rows
from store.clock import as_time, as_time_or_none, now_ms
from store.token_rows import TokenRow

MAX_TOKENS = 50  # of one workspace
MAX_NAME = 100
MAX_DAYS = 3650
DAY_MS = 86_400_000

Name = Annotated[str, Field(max_length=MAX_NAME, json_schema_extra=NOT_BLANK), SAID]


class Token(BaseModel):
    """A key to this workspace; `used_at` is to the minute."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class NewToken(Token):
    """A token with its word, which is shown here and never again: send it as `Authorization: Bearer <token>`."""

    token: str


class TokenList(BaseModel):
    """The tokens of this workspace, newest first, those that have ended too."""

    items: list[Token]
    next: str | None = Field(None, description="Always null: all of them come at once.")


class Tokens(Area):
    """The area of tokens."""

    @method(rest="POST /tokens", needs="tokens:write", secret=True, example={"name": "My script", "days": 30})
    def create_token(self, name: Name, days: Annotated[int, Field(ge=1, le=MAX_DAYS)] = 90) -> NewToken:
        """Make a key to this workspace for a program; its word is shown once.

        It opens this workspace alone, ends after `days`, and can make no further tokens.
        """
        if self._caller.token is not None or self._caller.door == "engine":
            raise Forbidden(reason="a token or a script makes no tokens; make them in the page of the workspace")
        word, now = new_token(), now_ms()
        row = TokenRow(
            id=uuid.uuid4(),
            session_id=self._caller.session_id,
            hash=hash_key(word),
            name=name.strip(),
            created_ms=now,
            expires_ms=now + days * DAY_MS,
        )
        with self._write() as write:
            self._store_session(write)
            if token_rows.num_of_session(write.connection, row.session_id) >= MAX_TOKENS:
                raise Forbidden(reason=f"a workspace has at most {MAX_TOKENS} tokens; delete one first")
            token_rows.add(write.connection, row)
        return NewToken(**_token_of(row).model_dump(), token=word)

    @method(rest="GET /tokens", needs="tokens:read", example={})
    def list_tokens(self) -> TokenList:
        """List this workspace's tokens, without their words."""
        with self._services.database.read() as connection:
            rows = token_rows.list_of_session(connection, self._caller.session_id)
        return TokenList(items=[_token_of(row) for row in rows], next=None)

    @method(rest="DELETE /tokens/{token_id}", needs="tokens:write")
    def delete_token(self, token_id: UUID) -> None:
        """Delete a token: from now on it opens nothing."""
        with self._write() as write:
            if not token_rows.remove(write.connection, self._caller.session_id, token_id):
                raise NotFound("token")


def _token_of(row: TokenRow) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        created_at=as_time(row.created_ms),
        expires_at=as_time(row.expires_ms),
        used_at=as_time_or_none(row.used_ms),
    )
