"""What the task kind `chat` does: asks a model, journals the words as they come, and stores the text when it ends."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from api.chat import KIND
from api.chat_shapes import MessageState
from api.letters import Letters
from api.model_errors import as_api_error
from api.models import Models
from providers.base import Ask, Piece, ProviderError, Role, Stop, Turn
from store import chat_rows, event_rows
from store.chat_rows import MessageRow
from store.clock import now_ms
from store.database import Database, Write
from store.task_rows import TaskRow
from tasks.folding import keep
from tasks.journal import Entry
from tasks.kinds import Ending, Kind
from tasks.states import TaskState
from tasks.work import Work

MAX_TURNS = 200
MAX_TEXT_BYTES = 16_777_216  # an answer is kept whole; a model that never ends is not
INSTRUCTION = "You are a helpful assistant. Answer briefly and clearly, in the language of the question."
STATES = {
    TaskState.COMPLETED: MessageState.COMPLETE,
    TaskState.CANCELLED: MessageState.STOPPED,
    TaskState.FAILED: MessageState.FAILED,
}


class Replies:
    """Answers questions."""

    def __init__(self, database: Database, models: Models) -> None:
        self._database = database
        self._models = models

    @property
    def kind(self) -> Kind:
        """Return the kind to register. It may not run twice: what a model said once it would say otherwise."""
        return Kind(name=KIND, run=self.run, on_end=self.on_end, may_repeat=False, fold=keep(MAX_TEXT_BYTES))

    def run(self, work: Work) -> None:
        """Write one answer. Raises ApiError in the model server's name."""
        choice = self._models.choose(str(work.task.arguments["model"]))
        stop = Stop()
        work.on_cancel(stop.set)
        ask = Ask(model=choice.model, turns=self._turns(work.task))
        try:
            letters = Letters()
            for piece in choice.server.stream_reply(ask, stop):
                _emit(work, piece, letters)
        except ProviderError as error:
            raise as_api_error(error) from error

    def on_end(self, write: Write, task: TaskRow, ending: Ending) -> Sequence[Entry]:
        """Store the text that came, whole or in part, with how it ended: from the journal, which no crash empties."""
        message = chat_rows.message_of_task(write.connection, task.id)
        if message is None:
            return ()
        changes = {
            "text": _said(write, task, "text"),
            "thinking": _said(write, task, "thinking") or None,
            "state": _message_state(ending),
            "error": ending.error,
            "ended_ms": now_ms(),
            "figures": _figures(write, task),
        }
        chat_rows.change_message(write.connection, message.id, **changes)
        ids = {"conversation_id": str(message.conversation_id), "message_id": str(message.id), "task_id": str(task.id)}
        return [("message", ids)]

    def _turns(self, task: TaskRow) -> tuple[Turn, ...]:
        conversation_id = UUID(str(task.facts["conversation_id"]))
        with self._database.read() as connection:
            rows = chat_rows.shown_before(connection, conversation_id, None, MAX_TURNS)
        said = [_turn(row) for row in rows if row.text and row.state != MessageState.FAILED]
        return (Turn(role="system", text=INSTRUCTION), *said)


def _emit(work: Work, piece: Piece, letters: Letters) -> None:
    if piece.kind == "usage":
        work.emit("usage", dict(piece.facts))
    elif text := letters.add(piece.kind, piece.text):
        work.emit(piece.kind, {"text": text})


def _said(write: Write, task: TaskRow, kind: str) -> str:
    return "".join(str(data["text"]) for data in event_rows.data_of_kind(write.connection, task.id, kind))


def _message_state(ending: Ending) -> MessageState:
    if ending.error is not None and ending.error["code"] == "interrupted":
        return MessageState.INTERRUPTED
    return STATES[ending.state]


def _figures(write: Write, task: TaskRow) -> dict[str, object]:
    """Return the answer's tokens and times; see api/chat_shapes.py Figures."""
    facts = next(iter(event_rows.data_of_kind(write.connection, task.id, "usage")), {})
    first_ms = event_rows.first_of_kind_ms(write.connection, task.id, "text")
    return {
        "prompt_tokens": facts.get("prompt_tokens"),
        "completion_tokens": facts.get("completion_tokens"),
        "first_word_ms": None if first_ms is None else first_ms - task.created_ms,
        "total_ms": now_ms() - task.created_ms,
        "was_cut": facts.get("finish_reason") == "length",
    }


def _turn(row: MessageRow) -> Turn:
    return Turn(role=cast(Role, row.role), text=row.text)
