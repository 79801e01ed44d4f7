"""Chat: conversations, their messages, and the questions that models answer."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Literal, cast
from uuid import UUID

from pydantic import BaseModel

from api.area import Area
from api.errors import AlreadyRunning, ErrorBody, InvalidArguments, NotFound, TooManyTasks, shown
from api.method import method
from api.shapes import Task, task_of
from store import chat_rows, task_rows
from store.chat_rows import ConversationRow, MessageRow
from store.clock import as_time, as_time_or_none, now_ms
from store.database import Write
from store.task_rows import TaskRow
from tasks.queue import Order
from tasks.states import OPEN

KIND = "chat"
MAX_TEXT = 200_000
MAX_TITLE = 200
TITLE_LETTERS = 60
MAX_LISTED = 200
MAX_OPEN = 16


class MessageState(StrEnum):
    """Where a message stands."""

    COMPLETE = "complete"
    STREAMING = "streaming"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Conversation(BaseModel):
    """A conversation; a deleted one can be brought back by `update_conversation`."""

    id: UUID
    title: str
    created_at: datetime
    updated_at: datetime
    deleted: bool
    num_messages: int


class ConversationList(BaseModel):
    """Conversations, last changed first; pass `next` as `after` for older ones."""

    items: list[Conversation]
    next: str | None


class Message(BaseModel):
    """A question or an answer. While an answer is `streaming` its text is empty here and comes as its task's events."""

    id: UUID
    conversation_id: UUID
    number: int
    role: Literal["user", "assistant"]
    text: str
    model: str | None
    state: MessageState
    error: ErrorBody | None
    task_id: UUID | None
    created_at: datetime
    ended_at: datetime | None


class ConversationPage(BaseModel):
    """A conversation with its newest messages, oldest first; pass `next` as `before` for earlier ones."""

    conversation: Conversation
    messages: list[Message]
    next: int | None


class Chat(Area):
    """The area of chat."""

    @method(rest="POST /chat/message", needs="chat:write", example={"text": "What is a studiolo?"})
    def send_message(self, text: str, conversation_id: UUID | None = None, model: str | None = None) -> Task:
        """Ask a question; the answer is written by the task.

        Without a conversation a new one begins, titled by the question's first line.
        """
        _refuse_bad_text(text)
        chosen = self._services.models.id_of(self._services.models.choose(model))
        with self._services.database.write() as write:
            if (known := self._known_task(write)) is not None:
                return known
            self._store_session(write)
            conversation = self._open(write, conversation_id) if conversation_id else self._begin(write, text)
            return self._ask(write, conversation, text, chosen)

    @method(rest="POST /chat/message/{message_id}/retry", needs="chat:write")
    def retry_message(self, message_id: UUID, model: str | None = None) -> Task:
        """Ask the question of an answer again; the new answer takes its place."""
        chosen = self._services.models.id_of(self._services.models.choose(model))
        with self._services.database.write() as write:
            if (known := self._known_task(write)) is not None:
                return known
            old = chat_rows.find_message(write.connection, self._caller.session_id, message_id)
            if old is None or old.role != "assistant" or old.parent_id is None:
                raise NotFound("message")
            self._open(write, old.conversation_id)
            chat_rows.hide_from(write.connection, old.conversation_id, old.number)
            return self._answer(write, old.conversation_id, old.parent_id, chosen)

    @method(rest="GET /chat/conversations", needs="chat:read", example={})
    def list_conversations(self, after: str | None = None, limit: int = 50) -> ConversationList:
        """List this workspace's conversations, last changed first."""
        limit = min(max(limit, 1), MAX_LISTED)
        with self._services.database.read() as connection:
            rows = chat_rows.list_conversations(connection, self._caller.session_id, _place(after), limit + 1)
        is_more = len(rows) > limit
        following = f"{rows[limit - 1].updated_ms}.{rows[limit - 1].id}" if is_more else None
        return ConversationList(items=[_conversation(row) for row in rows[:limit]], next=following)

    @method(rest="GET /chat/history", needs="chat:read")
    def get_conversation(self, conversation_id: UUID, before: int | None = None, limit: int = 50) -> ConversationPage:
        """Return a conversation with its newest messages, or those before a number."""
        limit = min(max(limit, 1), MAX_LISTED)
        with self._services.database.read() as connection:
            row = chat_rows.find_conversation(connection, self._caller.session_id, conversation_id)
            if row is None:
                raise NotFound("conversation")
            messages = chat_rows.shown_before(connection, conversation_id, before, limit + 1)
        page, is_more = messages[-limit:], len(messages) > limit
        return ConversationPage(
            conversation=_conversation(row),
            messages=[_message(one, self._caller.language) for one in page],
            next=page[0].number if is_more else None,
        )

    @method(rest="PATCH /chat/conversations/{conversation_id}", needs="chat:write")
    def update_conversation(
        self, conversation_id: UUID, title: str | None = None, deleted: bool | None = None
    ) -> Conversation:
        """Rename a conversation, or bring a deleted one back."""
        if title is not None and not 0 < len(title.strip()) <= MAX_TITLE:
            raise InvalidArguments({"title": f"write 1 to {MAX_TITLE} letters"})
        changes: dict[str, object] = {} if title is None else {"title": title.strip()}
        if deleted is not None:
            changes["deleted_ms"] = now_ms() if deleted else None
        with self._services.database.write() as write:
            return self._change(write, conversation_id, changes, "deleted" if deleted else "updated")

    @method(rest="DELETE /chat/conversations/{conversation_id}", needs="chat:write")
    def delete_conversation(self, conversation_id: UUID) -> Conversation:
        """Delete a conversation; `update_conversation` with deleted=false brings it back."""
        with self._services.database.write() as write:
            return self._change(write, conversation_id, {"deleted_ms": now_ms()}, "deleted")

    def _known_task(self, write: Write) -> Task | None:
        key = self._caller.idempotency_key
        found = chat_rows.message_with_key(write.connection, self._caller.session_id, key) if key else None
        task = task_rows.find(write.connection, found.task_id) if found and found.task_id else None
        return task_of(task, self._caller.language) if task else None

    def _begin(self, write: Write, text: str) -> UUID:
        now = now_ms()
        row = ConversationRow(
            id=uuid.uuid4(),
            session_id=self._caller.session_id,
            title=title_of(text),
            num_messages=0,
            created_ms=now,
            updated_ms=now,
        )
        chat_rows.add_conversation(write.connection, row)
        self._tell(write, "conversation", {"id": str(row.id), "change": "created"})
        return row.id

    def _open(self, write: Write, conversation_id: UUID) -> UUID:
        row = chat_rows.find_conversation(write.connection, self._caller.session_id, conversation_id)
        if row is None or row.deleted_ms is not None:
            raise NotFound("conversation")
        if chat_rows.num_in_state(write.connection, row.id, MessageState.STREAMING):
            raise AlreadyRunning
        return row.id

    def _ask(self, write: Write, conversation_id: UUID, text: str, model: str) -> Task:
        parent = chat_rows.last_shown(write.connection, conversation_id)
        question = MessageRow(
            id=uuid.uuid4(),
            session_id=self._caller.session_id,
            conversation_id=conversation_id,
            parent_id=parent.id if parent else None,
            number=chat_rows.take_numbers(write.connection, conversation_id, 1),
            role="user",
            text=text,
            state=MessageState.COMPLETE,
            created_ms=now_ms(),
            ended_ms=now_ms(),
        )
        chat_rows.add_message(write.connection, question)
        return self._answer(write, conversation_id, question.id, model)

    def _answer(self, write: Write, conversation_id: UUID, question_id: UUID, model: str) -> Task:
        self._refuse_too_many(write)
        number = chat_rows.take_numbers(write.connection, conversation_id, 1)
        message_id = uuid.uuid4()
        about = {"conversation_id": conversation_id, "question_id": question_id, "message_id": message_id}
        facts = {name: str(value) for name, value in about.items()}
        order = Order(session_id=self._caller.session_id, kind=KIND, arguments={"model": model}, facts=facts)
        task = self._services.queue.submit(write, order)
        row = self._empty_answer(conversation_id, question_id, message_id, number)
        values = {name: getattr(row, name) for name in MessageRow.__slots__}
        added = {"model": model, "task_id": task.id, "idempotency_key": self._caller.idempotency_key}
        chat_rows.add_message(write.connection, MessageRow(**{**values, **added}))
        self._tell_message(write, row, task)
        return task_of(task, self._caller.language)

    def _empty_answer(self, conversation_id: UUID, question_id: UUID, message_id: UUID, number: int) -> MessageRow:
        return MessageRow(
            id=message_id,
            session_id=self._caller.session_id,
            conversation_id=conversation_id,
            parent_id=question_id,
            number=number,
            role="assistant",
            text="",
            state=MessageState.STREAMING,
            created_ms=now_ms(),
        )

    def _refuse_too_many(self, write: Write) -> None:
        if task_rows.num_in_states(write.connection, self._caller.session_id, frozenset(OPEN)) >= MAX_OPEN:
            raise TooManyTasks(limit=MAX_OPEN)

    def _change(self, write: Write, conversation_id: UUID, changes: dict[str, object], change: str) -> Conversation:
        session_id = self._caller.session_id
        if chat_rows.find_conversation(write.connection, session_id, conversation_id) is None:
            raise NotFound("conversation")
        if changes:
            chat_rows.change_conversation(write.connection, conversation_id, **changes)
            self._tell(write, "conversation", {"id": str(conversation_id), "change": change})
        row = chat_rows.find_conversation(write.connection, session_id, conversation_id)
        assert row is not None
        return _conversation(row)

    def _tell(self, write: Write, kind: str, data: dict[str, object]) -> None:
        self._services.journal.append_in(write, self._caller.session_id, [(kind, data)])

    def _tell_message(self, write: Write, row: MessageRow, task: TaskRow) -> None:
        ids = {"conversation_id": row.conversation_id, "message_id": row.id, "task_id": task.id}
        self._tell(write, "message", {name: str(value) for name, value in ids.items()})


def title_of(text: str) -> str:
    """Return a title by rule: the first line that says something, cut at a word."""
    line = next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
    if len(line) <= TITLE_LETTERS:
        return line
    cut = line[:TITLE_LETTERS]
    return (cut.rsplit(" ", 1)[0] if " " in cut[TITLE_LETTERS // 2 :] else cut).rstrip(" ,.;:，。；：") + "…"


def _refuse_bad_text(text: str) -> None:
    if not text.strip():
        raise InvalidArguments({"text": "write something"})
    if len(text) > MAX_TEXT:
        raise InvalidArguments({"text": f"write at most {MAX_TEXT} letters; these are {len(text)}"})


def _place(after: str | None) -> tuple[int, UUID] | None:
    if after is None:
        return None
    moment, _, conversation_id = after.partition(".")
    try:
        return int(moment), UUID(conversation_id)
    except ValueError:
        raise InvalidArguments({"after": "pass the `next` of the page before"}) from None


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        id=row.id,
        title=row.title,
        created_at=as_time(row.created_ms),
        updated_at=as_time(row.updated_ms),
        deleted=row.deleted_ms is not None,
        num_messages=row.num_messages,
    )


def _message(row: MessageRow, language: str) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        role=cast(Literal["user", "assistant"], row.role),
        text=row.text,
        model=row.model,
        state=MessageState(row.state),
        error=shown(row.error, language),
        task_id=row.task_id,
        created_at=as_time(row.created_ms),
        ended_at=as_time_or_none(row.ended_ms),
    )
