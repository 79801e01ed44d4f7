"""Conversations and messages as visitors see them."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, cast
from uuid import UUID

from pydantic import BaseModel

from api.errors import ErrorBody, shown
from store.chat_rows import ConversationRow, MessageRow
from store.clock import as_time, as_time_or_none


class MessageState(StrEnum):
    """Where a message stands."""

    COMPLETE = "complete"
    STREAMING = "streaming"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Conversation(BaseModel):
    """A conversation; a deleted one can be brought back. `found` is where a search met, in a few words."""

    id: UUID
    title: str
    pinned: bool
    created_at: datetime
    updated_at: datetime
    deleted: bool
    num_messages: int
    found: str | None


class Figures(BaseModel):
    """What an answer took: tokens as the model server counts them, times in milliseconds from the question."""

    prompt_tokens: int | None
    completion_tokens: int | None
    first_word_ms: int | None
    total_ms: int
    was_cut: bool


class Message(BaseModel):
    """A question or an answer. While an answer is `streaming` its text is empty here and comes as its task's events.

    `thinking` is what a model that reasons said to itself before it answered.
    `branches` are the ids of the messages that stand in this one's place, itself among them, oldest first.
    """

    id: UUID
    conversation_id: UUID
    number: int
    role: Literal["user", "assistant"]
    text: str
    thinking: str | None
    model: str | None
    state: MessageState
    error: ErrorBody | None
    task_id: UUID | None
    created_at: datetime
    ended_at: datetime | None
    figures: Figures | None
    branches: list[UUID]


class ConversationPage(BaseModel):
    """A conversation with its newest messages, oldest first; pass `next` as `before` for earlier ones."""

    conversation: Conversation
    messages: list[Message]
    next: int | None


def conversation_of(row: ConversationRow, found: str | None = None) -> Conversation:
    """Return a row as a visitor sees it."""
    return Conversation(
        id=row.id,
        title=row.title,
        pinned=row.pinned,
        created_at=as_time(row.created_ms),
        updated_at=as_time(row.updated_ms),
        deleted=row.deleted_ms is not None,
        num_messages=row.num_messages,
        found=found,
    )


def message_of(row: MessageRow, language: str, branches: list[UUID]) -> Message:
    """Return a row as a visitor sees it."""
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        role=cast(Literal["user", "assistant"], row.role),
        text=row.text,
        thinking=row.thinking,
        model=row.model,
        state=MessageState(row.state),
        error=shown(row.error, language),
        task_id=row.task_id,
        created_at=as_time(row.created_ms),
        ended_at=as_time_or_none(row.ended_ms),
        figures=Figures(**row.figures) if row.figures else None,
        branches=branches,
    )
