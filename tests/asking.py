"""Asking questions of the fake model server, for tests."""

from typing import Any

from tests.running import wait_until
from tests.visitors import Visitor

SERVER = "127.0.0.1"
TEXT = "Once upon a time in 世界 🌍, a fake answered."


def ask(visitor: Visitor, text: str, model: str = "ok", conversation_id: str | None = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    named = {"text": text, "model": f"{SERVER}/{model}", "conversation_id": conversation_id}
    return visitor.post("send_message", named, **headers).json()["data"]


def ended(visitor: Visitor, task: dict[str, Any]) -> dict[str, Any]:
    wait_until(lambda: visitor.call("get_task", task["id"])["ended_at"], 10, "the task's end")
    found: dict[str, Any] = visitor.call("get_task", task["id"])
    return found


def messages(visitor: Visitor, task: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visitor.call("get_conversation", task["facts"]["conversation_id"])["messages"]
    return found
