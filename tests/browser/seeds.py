"""Conversations that are there before the page opens: rows put into the server's database from beside it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from store import chat_rows
from store.chat_rows import ConversationRow, MessageRow
from store.clock import now_ms
from tests.browser.chromium import Page
from tests.browser.words import Words
from tests.running import Server
from tests.stored import database_of

MODEL = "127.0.0.1/ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question and how it was answered; `error` as a row keeps it."""

    question: str
    answer: str = ""
    state: str = "complete"
    error: dict[str, Any] | None = None
    model: str = MODEL


def add_conversation(server: Server, page: Page, title: str, turns: Sequence[Turn]) -> str:
    """Put a conversation into the workspace of a page; returns its id. The page hears nothing of it until it reads."""
    page.call("update_session")  # stores the workspace
    session_id, row_id = uuid.UUID(page.session_id), uuid.uuid4()
    now = now_ms()
    row = ConversationRow(
        id=row_id,
        session_id=session_id,
        title=title,
        num_messages=2 * len(turns),
        created_ms=now,
        updated_ms=now,
    )
    with database_of(server.data_dir) as database, database.write(session_id) as write:
        chat_rows.add_conversation(write.connection, row)
        _add_messages(write.connection, row, turns)
    return str(row_id)


def open_conversation(page: Page, conversation_id: str, said: Words) -> None:
    """Open a conversation and wait until its messages are there."""
    page.open(page.driver.current_url.partition("#")[0] + f"#/chat/{conversation_id}")
    question = f'article[aria-label="{said("chat.question")}"]'
    page.wait(lambda: page.all(question), "the conversation")


def _add_messages(connection: Connection, row: ConversationRow, turns: Sequence[Turn]) -> None:
    parent: uuid.UUID | None = None
    for place, turn in enumerate(turns):
        question: dict[str, Any] = {"role": "user", "text": turn.question, "state": "complete"}
        answer = {
            "role": "assistant",
            "text": turn.answer,
            "state": turn.state,
            "error": turn.error,
            "model": turn.model,
        }
        for step, facts in enumerate((question, answer)):
            message = MessageRow(
                id=uuid.uuid4(),
                session_id=row.session_id,
                conversation_id=row.id,
                parent_id=parent,
                number=2 * place + step + 1,
                created_ms=row.created_ms,
                ended_ms=row.created_ms,
                **facts,
            )
            chat_rows.add_message(connection, message)
            parent = message.id
