"""The tools that the official conformance suite for MCP servers asks for by name, as far as a declaration says them."""

from pydantic import BaseModel

from api.chat import Chat
from api.errors import InvalidArguments
from api.plugin import Plugin, method
from api.shapes import Task


class address(BaseModel):  # noqa: N801 — the suite looks for this name among the schema's definitions
    """Where somebody lives."""

    street: str = ""
    city: str = ""


class Api(Plugin):
    """Methods for the suite."""

    @method
    def test_simple_text(self) -> str:
        """Return a simple text."""
        return "This is a simple text response for testing."

    @method
    def test_error_handling(self) -> str:
        """Refuse."""
        raise InvalidArguments({"test": "this tool intentionally returns an error for testing"})

    @method
    def test_tool_with_progress(self) -> Task:
        """Begin a task that takes a second."""
        return Chat(self._services, self._caller).send_message("Count.", model="127.0.0.1/slow:100ms")

    @method
    def json_schema_2020_12_tool(self, name: str = "", address: address | None = None) -> str:
        """Return the name; the arguments' schema has definitions."""
        return name
