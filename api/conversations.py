"""Conversations: the list, what is in one, its name, pin and end, and taking it away as a file."""

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.area import Area
from api.chat_shapes import Conversation, ConversationPage, conversation_of, message_of
from api.errors import InvalidArguments, NotFound
from api.method import method
from api.numbers import Whole
from api.transcript import Transcript, as_json, as_markdown, file_name
from api.words import NOT_BLANK, SAID
from store import chat_rows
from store.chat_rows import ConversationRow, MessageRow, Place
from store.clock import now_ms
from store.database import Write

MAX_TITLE = 200
MAX_SEARCH = 200
MAX_LISTED = 200
MAX_TRANSCRIPT = 100_000  # messages
FOUND_LETTERS = 80
PLACE = re.compile(r"^[01]\.[0-9]{1,15}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")

Title = Annotated[str, Field(max_length=MAX_TITLE, json_schema_extra=NOT_BLANK), SAID]


class ConversationList(BaseModel):
    """Conversations, pinned ones first, then last changed first; pass `next` as `after` for older ones."""

    items: list[Conversation]
    next: str | None


class Conversations(Area):
    """The area of conversations."""

    @method(rest="GET /chat/conversations", needs="chat:read", example={})
    def list_conversations(
        self,
        after: Annotated[str, Field(json_schema_extra={"pattern": PLACE.pattern})] | None = None,
        limit: int = 50,
        search: Annotated[str, Field(max_length=MAX_SEARCH)] | None = None,
    ) -> ConversationList:
        """List conversations, pinned ones first; `search` looks into titles and texts."""
        limit, words = min(max(limit, 1), MAX_LISTED), (search or "").strip()
        with self._services.database.read() as connection:
            query = chat_rows.Listing(self._caller.session_id, words, _place(after), limit + 1)
            rows = chat_rows.list_conversations(connection, query)
            found = chat_rows.texts_with(connection, [row.id for row in rows], words) if words else {}
        items = [conversation_of(row, _around(found.get(row.id), words)) for row in rows[:limit]]
        return ConversationList(items=items, next=_word(rows[limit - 1]) if len(rows) > limit else None)

    @method(rest="GET /chat/history", needs="chat:read")
    def get_conversation(self, conversation_id: UUID, before: Whole | None = None, limit: int = 50) -> ConversationPage:
        """Return a conversation with its newest messages, or those before a number."""
        limit = min(max(limit, 1), MAX_LISTED)
        with self._services.database.read() as connection:
            row = self._kept(connection, conversation_id)
            messages = chat_rows.shown_before(connection, conversation_id, before, limit + 1)
            page, is_more = messages[-limit:], len(messages) > limit
            branches = chat_rows.branches_of(connection, conversation_id, page)
        return ConversationPage(
            conversation=conversation_of(row),
            messages=[message_of(one, self._caller.language, branches[one.id]) for one in page],
            next=page[0].number if is_more else None,
        )

    @method(rest="PATCH /chat/conversations/{conversation_id}", needs="chat:write")
    def update_conversation(
        self,
        conversation_id: UUID,
        title: Title | None = None,
        pinned: bool | None = None,
    ) -> Conversation:
        """Rename or pin a conversation."""
        changes: dict[str, object] = {} if title is None else {"title": title.strip()}
        if pinned is not None:
            changes["pinned"] = pinned
        with self._write() as write:
            self._kept(write.connection, conversation_id)
            return self._change(write, conversation_id, changes, "updated")

    @method(rest="DELETE /chat/conversations/{conversation_id}", needs="chat:write")
    def delete_conversation(self, conversation_id: UUID) -> Conversation:
        """Delete a conversation; `restore_conversation` brings it back."""
        with self._write() as write:
            self._kept(write.connection, conversation_id)
            return self._change(write, conversation_id, {"deleted_ms": now_ms()}, "deleted")

    @method(rest="POST /trash/conversations/{conversation_id}/restore", needs="chat:write")
    def restore_conversation(self, conversation_id: UUID) -> Conversation:
        """Bring a deleted conversation back, whole."""
        with self._write() as write:
            self._own(write.connection, conversation_id)
            return self._change(write, conversation_id, {"deleted_ms": None}, "updated")

    @method(rest="GET /chat/conversations/{conversation_id}/transcript", needs="chat:read")
    def get_transcript(self, conversation_id: UUID, form: Literal["markdown", "json"] = "markdown") -> Transcript:
        """Return what a conversation shows as one text to keep: Markdown or JSON."""
        with self._services.database.read() as connection:
            row = self._kept(connection, conversation_id)
            messages: list[MessageRow] = chat_rows.shown_before(connection, conversation_id, None, MAX_TRANSCRIPT)
        if form == "json":
            return Transcript(
                name=file_name(row.title, "json"), media_type="application/json", text=as_json(row, messages)
            )
        return Transcript(name=file_name(row.title, "md"), media_type="text/markdown", text=as_markdown(row, messages))

    def _kept(self, connection: Connection, conversation_id: UUID) -> ConversationRow:
        row = self._own(connection, conversation_id)
        if row.deleted_ms is not None:
            raise NotFound("conversation")
        return row

    def _own(self, connection: Connection, conversation_id: UUID) -> ConversationRow:
        row = chat_rows.find_conversation(connection, self._caller.session_id, conversation_id)
        if row is None:
            raise NotFound("conversation")
        return row

    def _change(self, write: Write, conversation_id: UUID, changes: dict[str, object], change: str) -> Conversation:
        if changes:
            chat_rows.change_conversation(write.connection, conversation_id, **changes)
            entry = ("conversation", {"id": str(conversation_id), "change": change})
            self._services.journal.append_in(write, self._caller.session_id, [entry])
        return conversation_of(self._own(write.connection, conversation_id))


def _word(row: ConversationRow) -> str:
    return f"{int(row.pinned)}.{row.updated_ms}.{row.id}"


def _place(after: str | None) -> Place | None:
    if after is None:
        return None
    if not PLACE.fullmatch(after):
        raise InvalidArguments({"after": "pass the `next` of the page before"})
    pinned, moment, conversation_id = after.split(".")
    return Place(pinned == "1", int(moment), UUID(conversation_id))


def _around(text: str | None, words: str) -> str | None:
    """Return a text's letters around the first place where the words stand."""
    if text is None:
        return None
    at = max(0, text.lower().find(words.lower()))
    start = max(0, at - FOUND_LETTERS // 2)
    cut = " ".join(text[start : at + len(words) + FOUND_LETTERS].split())
    return ("…" if start else "") + cut
