"""A conversation as one text to keep."""

import re
from collections.abc import Sequence

from pydantic import BaseModel
from pydantic_core import to_json

from store.chat_rows import ConversationRow, MessageRow
from store.clock import as_time

HEADINGS = {"user": "Question", "assistant": "Answer"}
MAX_NAME = 80


class Transcript(BaseModel):
    """A text with the file name and media type to keep it under."""

    name: str
    media_type: str
    text: str


def as_markdown(conversation: ConversationRow, messages: Sequence[MessageRow]) -> str:
    """Return a conversation as Markdown: a heading for each message, its text as it was written."""
    parts = [f"# {conversation.title}"]
    for one in messages:
        model = f" ({one.model})" if one.model else ""
        state = "" if one.state == "complete" else f"\n\n*{one.state}*"
        parts.append(f"## {HEADINGS[one.role]}{model}\n\n{one.text}{state}")
    return "\n\n".join(parts) + "\n"


def as_json(conversation: ConversationRow, messages: Sequence[MessageRow]) -> str:
    """Return a conversation as JSON: title, created_at, and messages of role, text, model, state and created_at."""
    said = [
        {
            "role": one.role,
            "text": one.text,
            "model": one.model,
            "state": one.state,
            "created_at": as_time(one.created_ms),
        }
        for one in messages
    ]
    created = as_time(conversation.created_ms)
    return to_json({"title": conversation.title, "created_at": created, "messages": said}, indent=2).decode()


def file_name(title: str, ending: str) -> str:
    """Return a file name that every system takes."""
    name = " ".join(re.sub(r'[\x00-\x1f<>:"/\\|?*]', " ", title).split())[:MAX_NAME].strip(" .")
    return f"{name or 'conversation'}.{ending}"
