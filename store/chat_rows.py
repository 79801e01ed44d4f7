"""Queries over conversations and their messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

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
    pinned: bool = False


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
    created_ms: int
    ended_ms: int | None = None
    figures: dict[str, Any] | None = None
    thinking: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list of conversations: behind the one with these values."""

    pinned: bool
    updated_ms: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: a workspace's conversations with these words in title or text (none: all), behind a place."""

    session_id: UUID
    words: str
    after: Place | None
    limit: int


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


def list_conversations(connection: Connection, listing: Listing) -> list[ConversationRow]:
    """Return a workspace's conversations, pinned ones first, then last changed first."""
    own = (conversations.c.session_id == listing.session_id, conversations.c.deleted_ms.is_(None))
    query = select(*_CONVERSATION).where(*own)
    if listing.words:
        said = exists().where(_stands_in(listing.words), messages.c.conversation_id == conversations.c.id)
        query = query.where(or_(conversations.c.title.icontains(listing.words, autoescape=True), said))
    order = (conversations.c.pinned, conversations.c.updated_ms, conversations.c.id)
    if listing.after is not None:
        query = query.where(tuple_(*order) < (listing.after.pinned, listing.after.updated_ms, listing.after.id))
    rows = connection.execute(query.order_by(*(column.desc() for column in order)).limit(listing.limit))
    return [ConversationRow(**row._mapping) for row in rows]


def texts_with(connection: Connection, conversation_ids: Sequence[UUID], words: str) -> dict[UUID, str]:
    """Return for each conversation the newest shown text that has the words."""
    here = (messages.c.conversation_id.in_(conversation_ids), _stands_in(words))
    query = select(messages.c.conversation_id, messages.c.text).where(*here).order_by(messages.c.number)
    return {row[0]: row[1] for row in connection.execute(query)}


def _stands_in(words: str) -> ColumnElement[bool]:
    return and_(messages.c.shown, messages.c.text.icontains(words, autoescape=True))


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


def branches_of(connection: Connection, conversation_id: UUID, page: Sequence[MessageRow]) -> dict[UUID, list[UUID]]:
    """Return for each message the ids of those in its place, itself among them, oldest first."""
    parents = {one.parent_id for one in page}
    place = or_(
        messages.c.parent_id.in_(parents - {None}), messages.c.parent_id.is_(None) if None in parents else false()
    )
    here = messages.c.conversation_id == conversation_id
    query = select(messages.c.parent_id, messages.c.id).where(here, place).order_by(messages.c.number)
    found: dict[UUID | None, list[UUID]] = {}
    for parent_id, message_id in connection.execute(query):
        found.setdefault(parent_id, []).append(message_id)
    return {one.id: found[one.parent_id] for one in page}


def show_way_to(connection: Connection, one: MessageRow) -> None:
    """Show just the messages that lead to the place where a message stands; neither it nor what follows."""
    connection.execute(update(messages).where(messages.c.conversation_id == one.conversation_id).values(shown=False))
    parents = select(messages.c.id, messages.c.parent_id).where(messages.c.id == one.parent_id).cte(recursive=True)
    above = messages.alias()
    parents = parents.union(select(above.c.id, above.c.parent_id).where(above.c.id == parents.c.parent_id))
    connection.execute(update(messages).where(messages.c.id.in_(select(parents.c.id))).values(shown=True))


def show_branch(connection: Connection, one: MessageRow) -> None:
    """Show a message and, below it, at each step the newest one."""
    shown: UUID | None = one.id
    while shown is not None:
        connection.execute(update(messages).where(messages.c.id == shown).values(shown=True))
        below = select(messages.c.id).where(messages.c.parent_id == shown).order_by(messages.c.number.desc()).limit(1)
        shown = connection.execute(below).scalar()


def change_message(connection: Connection, message_id: UUID, **changes: Any) -> None:
    """Change columns of a message."""
    connection.execute(update(messages).where(messages.c.id == message_id).values(**changes))


def _first(connection: Connection, query: Any) -> MessageRow | None:
    row = connection.execute(query).first()
    return None if row is None else MessageRow(**row._mapping)
