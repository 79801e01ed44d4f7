"""What the door `mcp` serves: each declared method as a tool of the Model Context Protocol."""

import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http import REQUEST_CANCELLED
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic_core import from_json, to_json
from starlette.types import ASGIApp

from api.errors import ApiError, BadRequest, TooManyCalls
from api.method import Method
from doors.asking import IDEMPOTENCY_KEY, MAX_KEY
from doors.envelope import failure
from doors.mcp import GUEST, Desk, Guest
from doors.mcp_calls import Calls, Cancelled
from doors.mcp_waiting import MADE, WAIT_S, Made, wait_for_end
from doors.wsgi import MAX_BODY
from sessions.lines import LineFull
from version import VERSION

KEY = "studiolo/idempotency_key"  # in `_meta` of a call
ERROR = "studiolo/error"  # in `_meta` of a result that is an error: the envelope's error as every door has it
DIALECT = "https://json-schema.org/draft/2020-12/schema"
WAITS = (
    f"The call waits for the task to end, {WAIT_S:.0f} s at most, and answers the task with `made`: what it has "
    "written so far, for a chat the answer's text. Where it has not ended by then, call get_task with its id to "
    "wait on, or cancel_task to stop it."
)
CANCELS = "Cancelling this call cancels the task."
WRAPPED = "The answer is no object, so it stands under `result`."
INSTRUCTIONS = (
    "Studiolo is a workspace: conversations with models, tasks and records, kept by the server. A tool is one method "
    "of it. What takes long is a task, which goes on in the server also when a call ends early."
)

Context = ServerRequestContext[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One method as a tool."""

    method: Method
    tool: Tool
    is_wrapped: bool


def offer_of(method: Method) -> Offer:
    """Return a method as a tool."""
    schema = _open_numbers(method.answer.json_schema(mode="serialization"))
    is_wrapped = schema.get("type") != "object"
    notes = [WRAPPED] if is_wrapped else []
    if method.answers_task:
        schema = _with_made(schema)
        notes += [WAITS] if method.reads_only else [WAITS, CANCELS]
    tool = Tool(
        name=method.name,
        description="\n\n".join([method.text, *notes]),
        input_schema={"$schema": DIALECT, **method.arguments.json_schema()},
        output_schema=_wrapped(schema) if is_wrapped else schema,
        annotations=ToolAnnotations(
            read_only_hint=method.reads_only, destructive_hint=method.name.startswith("delete_")
        ),
    )
    return Offer(method=method, tool=tool, is_wrapped=is_wrapped)


class Tools:
    """Lists and calls the tools, for the guest whom `guest_of` finds in a request."""

    def __init__(self, desk: Desk, guest_of: Callable[[Context], Guest]) -> None:
        offers = [offer_of(method) for method in desk.methods]
        self._offers = {offer.method.name: offer for offer in offers}
        self._listed = ListToolsResult(tools=[offer.tool for offer in offers])
        self._readers = desk.readers
        self._guest_of = guest_of
        self.calls = Calls(desk.threads)

    @property
    def server(self) -> Server[Any]:
        """The SDK's server of these tools."""
        made: Server[Any] = Server(
            "studiolo",
            title="Studiolo",
            version=VERSION,
            instructions=INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        made.middleware.clear()  # the SDK's own sends traces, which nobody takes here
        self.calls.hear_cancels(made, self._guest_of)
        return made

    async def _list(self, _context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return self._listed

    async def _call(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        offer, guest = self._offers.get(params.name), self._guest_of(context)
        if offer is None:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name.encode(errors='replace').decode()}")
        try:
            async with self.calls.cancellable(context, guest):
                return await self._answer(context, offer, guest, params.arguments or {})
        except Cancelled:
            raise MCPError(REQUEST_CANCELLED, "The request was cancelled.") from None
        except LineFull:
            return _refusal(TooManyCalls(), guest)
        except ApiError as error:
            return _refusal(error, guest)

    async def _answer(self, context: Context, offer: Offer, guest: Guest, given: dict[str, Any]) -> CallToolResult:
        def call() -> Any:
            _refuse_strange_numbers(given)
            caller = replace(guest.caller, idempotency_key=_key_in(context.meta or {}))
            return guest.api.call(caller, offer.method.name, given)

        if not offer.method.answers_task:
            return await self.calls.run(guest, lambda: _result(offer, call()))
        begun = self.calls.begin(guest, call)
        async with self.calls.called_off(context, guest, None if offer.method.reads_only else begun):
            task = await self.calls.wait(begun)
            wants_progress = "progress_token" in (context.meta or {})
            tell = context.session.report_progress if wants_progress else None
            made = await wait_for_end(self._readers, task, tell)
        return await self.calls.run(guest, lambda: _task_result(guest, str(task["id"]), made))


def _key_in(meta: Mapping[str, Any]) -> str | None:
    key = meta.get(KEY)
    if key is not None and not (isinstance(key, str) and IDEMPOTENCY_KEY.fullmatch(key)):
        raise BadRequest(reason=f'_meta["{KEY}"] has 1 to {MAX_KEY} letters of ASCII, without blanks')
    return key


def _result(offer: Offer, answer: Any) -> CallToolResult:
    return _shown({"result": answer} if offer.is_wrapped else answer)


def _task_result(guest: Guest, task_id: str, made: Made) -> CallToolResult:
    task = guest.api.call(guest.caller, "get_task", {"task_id": task_id})
    found = _shown({**task, MADE: made.shown})
    if task["error"] is None:
        return found
    said = TextContent(text=f"{task['error']['code']}: {task['error']['message']}")
    return found.model_copy(update={"is_error": True, "content": [said, *found.content]})


def _shown(answer: dict[str, Any]) -> CallToolResult:
    text = to_json(answer, inf_nan_mode="null")
    return CallToolResult(content=[TextContent(text=text.decode())], structured_content=from_json(text))


def _refusal(error: ApiError, guest: Guest) -> CallToolResult:
    # Not structured content: that must fit the tool's output schema, and clients check it.
    told = failure(error, guest.caller.language, guest.caller.request_id)["error"]
    text = TextContent(text=f"{told['code']}: {told['message']}")
    return CallToolResult(content=[text], is_error=True, _meta={ERROR: from_json(to_json(told, inf_nan_mode="null"))})


def _refuse_strange_numbers(given: dict[str, Any]) -> None:
    try:
        from_json(to_json(given, inf_nan_mode="constants"), allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(reason=f"the arguments are not JSON ({error})") from None


def _wrapped(schema: dict[str, Any]) -> dict[str, Any]:
    inner = {name: value for name, value in schema.items() if name != "$defs"}
    shared = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return {"type": "object", "properties": {"result": inner}, "required": ["result"], **shared}


def _with_made(schema: dict[str, Any]) -> dict[str, Any]:
    made = {
        "type": "object",
        "description": "What the task's events said, by their kind: texts joined, of others the last one.",
        "additionalProperties": True,
    }
    both = {**schema, "properties": {**schema["properties"], MADE: made}}
    return {**both, "required": [*schema.get("required", ()), MADE]}


def _open_numbers(schema: Any) -> Any:
    """Let each number also be null: JSON has neither NaN nor Infinity, and those are sent as null."""
    if isinstance(schema, list):
        return [_open_numbers(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    opened = {name: _open_numbers(value) for name, value in schema.items()}
    return {**opened, "type": ["number", "null"]} if opened.get("type") == "number" else opened


@asynccontextmanager
async def over_http(desk: Desk) -> AsyncIterator[ASGIApp]:
    """Run the SDK's streamable HTTP; what it yields serves requests whose scope carries a Guest."""
    tools = Tools(desk, lambda context: context.request.scope[GUEST])  # type: ignore[union-attr]
    manager = StreamableHTTPSessionManager(tools.server, stateless=True, max_request_body_size=MAX_BODY)
    async with manager.run():
        yield manager.handle_request
    await tools.calls.finish()


def for_one_guest(desk: Desk, guest: Guest) -> Tools:
    """Return the tools as one guest has them, each call with a request id of its own."""

    def guest_of(_context: Context) -> Guest:
        return replace(guest, caller=replace(guest.caller, request_id=uuid.uuid4().hex))

    return Tools(desk, guest_of)
