"""Queries over conversations and their messages."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, tuple_, update

from store.clock import now_ms
from store.tables import conversations, messages


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """One conversation; `num_messages` counts all ever written, also those of branches that are not shown."""

    id: UUID
    session_id: UUID
    title: str
    num_messages: int
    created_ms: int
    updated_ms: int
    deleted_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message: `number` orders a conversation's, `parent_id` is what it follows, `error` as a row keeps it."""

    id: UUID
    session_id: UUID
    conversation_id: UUID
    parent_id: UUID | None
    number: int
    shown: bool = True
    role: str
    text: str
    model: str | None = None
    state: str
    error: dict[str, Any] | None = None
    task_id: UUID | None = None
    idempotency_key: str | None = None
    created_ms: int
    ended_ms: int | None = None


_CONVERSATION = tuple(conversations.c[name] for name in ConversationRow.__slots__)
_MESSAGE = tuple(messages.c[name] for name in MessageRow.__slots__)


def add_conversation(connection: Connection, row: ConversationRow) -> None:
    """Add a conversation."""
    connection.execute(insert(conversations).values({name: getattr(row, name) for name in ConversationRow.__slots__}))


def find_conversation(connection: Connection, session_id: UUID, conversation_id: UUID) -> ConversationRow | None:
    """Return a conversation of this workspace, deleted ones too, or None."""
    query = select(*_CONVERSATION).where(
        conversations.c.id == conversation_id, conversations.c.session_id == session_id
    )
    row = connection.execute(query).first()
    return None if row is None else ConversationRow(**row._mapping)


def list_conversations(
    connection: Connection, session_id: UUID, before: tuple[int, UUID] | None, limit: int
) -> list[ConversationRow]:
    """Return a workspace's conversations, last changed first, those behind a place (time, id)."""
    query = select(*_CONVERSATION).where(conversations.c.session_id == session_id, conversations.c.deleted_ms.is_(None))
    place = tuple_(conversations.c.updated_ms, conversations.c.id)
    if before is not None:
        query = query.where(place < tuple_(*before))
    ordered = query.order_by(conversations.c.updated_ms.desc(), conversations.c.id.desc()).limit(limit)
    return [ConversationRow(**row._mapping) for row in connection.execute(ordered)]


def change_conversation(connection: Connection, conversation_id: UUID, **changes: Any) -> None:
    """Change columns of a conversation."""
    connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(**changes))


def take_numbers(connection: Connection, conversation_id: UUID, num: int) -> int:
    """Take the next `num` message numbers of a conversation; returns the first of them."""
    taken = (
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(num_messages=conversations.c.num_messages + num, updated_ms=now_ms())
        .returning(conversations.c.num_messages)
    )
    last: int = connection.execute(taken).scalar_one()
    return last - num + 1


def add_message(connection: Connection, row: MessageRow) -> None:
    """Add a message."""
    connection.execute(insert(messages).values({name: getattr(row, name) for name in MessageRow.__slots__}))


def find_message(connection: Connection, session_id: UUID, message_id: UUID) -> MessageRow | None:
    """Return a message of this workspace, or None."""
    query = select(*_MESSAGE).where(messages.c.id == message_id, messages.c.session_id == session_id)
    return _first(connection, query)


def message_of_task(connection: Connection, task_id: UUID) -> MessageRow | None:
    """Return the message that a task writes, or None."""
    return _first(connection, select(*_MESSAGE).where(messages.c.task_id == task_id))


def message_with_key(connection: Connection, session_id: UUID, key: str) -> MessageRow | None:
    """Return the message that was written under an idempotency key, or None."""
    query = select(*_MESSAGE).where(messages.c.session_id == session_id, messages.c.idempotency_key == key)
    return _first(connection, query)


def shown_before(connection: Connection, conversation_id: UUID, before: int | None, limit: int) -> list[MessageRow]:
    """Return the newest shown messages with numbers below `before`, oldest first."""
    query = select(*_MESSAGE).where(messages.c.conversation_id == conversation_id, messages.c.shown)
    if before is not None:
        query = query.where(messages.c.number < before)
    rows = connection.execute(query.order_by(messages.c.number.desc()).limit(limit))
    return [MessageRow(**row._mapping) for row in rows][::-1]


def last_shown(connection: Connection, conversation_id: UUID) -> MessageRow | None:
    """Return the last shown message, or None."""
    return next(iter(shown_before(connection, conversation_id, None, 1)), None)


def num_in_state(connection: Connection, conversation_id: UUID, state: str) -> int:
    """Count a conversation's messages in one state."""
    query = select(func.count()).where(messages.c.conversation_id == conversation_id, messages.c.state == state)
    return connection.execute(query).scalar_one()


def hide_from(connection: Connection, conversation_id: UUID, number: int) -> None:
    """Hide the shown messages from a number on: another branch takes their place."""
    behind = (messages.c.conversation_id == conversation_id, messages.c.number >= number, messages.c.shown)
    connection.execute(update(messages).where(*behind).values(shown=False))


def change_message(connection: Connection, message_id: UUID, **changes: Any) -> None:
    """Change columns of a message."""
    connection.execute(update(messages).where(messages.c.id == message_id).values(**changes))


def _first(connection: Connection, query: Any) -> MessageRow | None:
    row = connection.execute(query).first()
    return None if row is None else MessageRow(**row._mapping)
