"""Chat: questions, and the models' answers to them."""

import uuid
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.area import Area
from api.chat_shapes import ConversationPage, MessageState
from api.conversations import Conversations
from api.errors import AlreadyRunning, NotFound
from api.method import method
from api.shapes import Task, task_of
from api.words import NOT_BLANK, SAID
from store import chat_rows
from store.chat_rows import ConversationRow, MessageRow
from store.clock import now_ms
from store.database import Write
from store.task_rows import TaskRow
from tasks.queue import Order

KIND = "chat"
MAX_TEXT = 200_000
TITLE_LETTERS = 60

Text = Annotated[str, Field(max_length=MAX_TEXT, json_schema_extra=NOT_BLANK), SAID]


class Chat(Area):
    """The area of chat."""

    @method(
        rest="POST /chat/message",
        stream="POST /chat/stream",
        needs="chat:write",
        example={"text": "What is a studiolo?"},
    )
    def send_message(self, text: Text, conversation_id: UUID | None = None, model: str | None = None) -> Task:
        """Ask a question; the answer is written by the task.

        Without a conversation a new one begins, titled by the question's first line.
        """
        chosen = self._services.models.id_of(self._services.models.choose(model))
        with self._write() as write:
            self._store_session(write)
            conversation = self._open(write, conversation_id) if conversation_id else self._begin(write, text)
            return self._ask(write, conversation, text, chosen)

    @method(rest="POST /chat/message/{message_id}/retry", needs="chat:write")
    def retry_message(self, message_id: UUID, model: str | None = None) -> Task:
        """Ask the question of an answer again; the new answer takes its place."""
        chosen = self._services.models.id_of(self._services.models.choose(model))
        with self._write() as write:
            old = self._own_message(write, message_id, "assistant")
            self._open(write, old.conversation_id)
            chat_rows.show_way_to(write.connection, old)
            assert old.parent_id is not None
            return self._answer(write, old.conversation_id, old.parent_id, chosen)

    @method(rest="PUT /chat/message/{message_id}", needs="chat:write")
    def update_message(self, message_id: UUID, text: Text, model: str | None = None) -> Task:
        """Ask a question in other words; the old one stays beside it as a branch."""
        chosen = self._services.models.id_of(self._services.models.choose(model))
        with self._write() as write:
            old = self._own_message(write, message_id, "user")
            self._open(write, old.conversation_id)
            chat_rows.show_way_to(write.connection, old)
            return self._ask(write, old.conversation_id, text, chosen)

    @method(rest="POST /chat/message/{message_id}/open", needs="chat:write")
    def open_branch(self, message_id: UUID) -> ConversationPage:
        """Show the branch that a message stands on, down to its newest end."""
        with self._write() as write:
            target = self._own_message(write, message_id)
            self._open(write, target.conversation_id)
            chat_rows.show_way_to(write.connection, target)
            chat_rows.show_branch(write.connection, target)
            self._tell(write, "conversation", {"id": str(target.conversation_id), "change": "updated"})
        return Conversations(self._services, self._caller).get_conversation(target.conversation_id)

    def _own_message(self, write: Write, message_id: UUID, role: str | None = None) -> MessageRow:
        found = chat_rows.find_message(write.connection, self._caller.session_id, message_id)
        if found is None or role not in (None, found.role):
            raise NotFound("message")
        return found

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
        number = chat_rows.take_numbers(write.connection, conversation_id, 1)
        message_id = uuid.uuid4()
        about = {"conversation_id": conversation_id, "question_id": question_id, "message_id": message_id}
        facts = {name: str(value) for name, value in about.items()}
        order = Order(session_id=self._caller.session_id, kind=KIND, arguments={"model": model}, facts=facts)
        task = self._services.queue.submit(write, order)
        row = self._empty_answer(conversation_id, question_id, message_id, number)
        values = {name: getattr(row, name) for name in MessageRow.__slots__}
        added = {"model": model, "task_id": task.id}
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
