"""The door `mcp` over HTTP, by the SDK's own client, in both eras of the protocol."""

import asyncio
import json
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
import requests
from mcp import Client, MCPError
from mcp_types import INVALID_PARAMS, CallToolResult

from api.method import METHODS
from doors.mcp_tools import ERROR, WAITS
from tests.asking import SERVER, TEXT
from tests.mcp_clients import ERAS, PATIENCE_S, Program, answer_in, calling, text_of
from tests.running import wait_until
from tests.visitors import Visitor

LONG = "count:400:50"  # 20 s of words


@pytest.fixture(params=ERAS)
def program(request: pytest.FixtureRequest, alice: Visitor) -> Program:
    """A client of alice's workspace, of either era."""
    return Program(alice, request.param)


def state_of(visitor: Visitor, kind: str = "chat") -> str:
    tasks = visitor.call("list_tasks")["items"]
    return str(tasks[0]["state"]) if tasks and tasks[0]["kind"] == kind else ""


def test_every_method_of_this_door_is_a_tool_with_its_help_and_schemas(program: Program) -> None:
    tools = program.tools()
    declared = {method.name: method for method in METHODS.at("mcp")}
    assert set(declared) < set(tools)
    assert "echo" in tools
    for name, method in declared.items():
        assert (tools[name].description or "").startswith(method.text)
        assert set(tools[name].input_schema.get("properties", {})) == {one.name for one in method.parameters}
        assert tools[name].input_schema["type"] == (tools[name].output_schema or {})["type"] == "object"


def test_hints_follow_the_verb(program: Program) -> None:
    hints = {name: tool.annotations for name, tool in program.tools().items()}
    read = {name for name, hint in hints.items() if hint and hint.read_only_hint}
    destroy = {name for name, hint in hints.items() if hint and hint.destructive_hint}
    assert read == {name for name in hints if name.startswith(("get_", "list_"))}
    assert destroy == {name for name in hints if name.startswith("delete_")}


def test_a_tool_says_how_long_it_waits_for_a_task(program: Program) -> None:
    tools = program.tools()
    waiting = {name for name, tool in tools.items() if WAITS in (tool.description or "")}
    assert {"send_message", "get_task", "cancel_task"} <= waiting
    assert "list_tasks" not in waiting
    assert "Cancelling" in (tools["send_message"].description or "")
    assert "Cancelling" not in (tools["get_task"].description or "")


def test_an_object_is_answered_as_it_is_and_as_the_same_json_in_text(program: Program) -> None:
    result = program.call("list_conversations")
    assert result.structured_content == json.loads(text_of(result)) == {"items": [], "next": None}


def test_what_is_no_object_stands_under_result(program: Program) -> None:
    schema = program.tools()["echo"].output_schema or {}
    assert schema["properties"]["result"]["type"] == "string"
    value = '世界 🌍 " \\ \u2028 <script>' * 3
    result = program.call("echo", value=value)
    assert result.structured_content == json.loads(text_of(result)) == {"result": value}


def test_half_a_megabyte_of_chinese_goes_in_and_out(program: Program) -> None:
    value = "龍" * 150_000
    assert program.call("echo", value=value).structured_content == {"result": value}


def test_an_error_is_a_result_with_code_and_sentence_and_its_facts_beside_it(program: Program) -> None:
    result = program.call("echo", value=3)
    assert result.is_error
    assert result.structured_content is None
    assert text_of(result).startswith("invalid_arguments: These arguments do not fit: value")
    error = (result.meta or {})[ERROR]
    assert error["details"]["problems"] == {"value": "Input should be a valid string"}
    assert error["request_id"]


def test_a_defect_shows_no_reason(program: Program) -> None:
    result = program.call("break_down")
    assert result.is_error
    assert text_of(result).startswith("internal_error: ")
    assert "the reason nobody outside may see" not in result.model_dump_json()


def test_what_is_not_there_is_the_error_of_its_class(program: Program) -> None:
    assert text_of(program.call("get_task", task_id=str(uuid4()))).startswith("not_found: ")


def test_a_tool_nobody_declared_is_the_protocols_own_error(program: Program) -> None:
    with pytest.raises(MCPError) as caught:
        program.call("no_such_tool")
    assert caught.value.error.code == INVALID_PARAMS
    assert "Unknown tool: no_such_tool" in caught.value.error.message


@pytest.mark.parametrize("name", ["__init__", "_services", "call", "\ud800", "世界", ""])
def test_only_the_registry_is_looked_into(alice: Visitor, name: str) -> None:
    response = Program(alice).post(calling(name))
    assert "structuredContent" not in response.text
    assert "error" in response.text
    assert response.status_code < 500


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "[1]", '{"jsonrpc":"2.0"}', "\ufeff{}", '"x"'])
def test_what_is_no_message_is_refused(alice: Visitor, body: str) -> None:
    response = Program(alice).post(body.encode())
    assert response.status_code == 400
    assert response.json()["error"]["code"] < 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_has_not_is_refused(alice: Visitor, number: str) -> None:
    body = json.dumps(calling("sleep_for", seconds=0)).replace('"seconds": 0', f'"seconds": {number}')
    result = answer_in(Program(alice).post(body))["result"]
    assert result["isError"]
    assert result["content"][0]["text"].startswith("bad_request: ")


def test_without_a_token_or_with_a_wrong_one_nothing_is_served(alice: Visitor) -> None:
    program = Program(alice)
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {program.token}"}):
        response = requests.post(program.url, json=calling("get_session"), headers=headers, timeout=PATIENCE_S)
        assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthenticated")
        assert response.headers["WWW-Authenticate"].startswith('Bearer realm="Studiolo"')


def test_a_cookie_opens_nothing_here(alice: Visitor) -> None:
    assert alice.http.post(f"{alice.url}/mcp", json=calling("get_session"), timeout=PATIENCE_S).status_code == 401


def test_a_deleted_token_opens_nothing_any_more(alice: Visitor) -> None:
    program = Program(alice)
    assert not program.call("get_session").is_error
    alice.call("delete_token", alice.call("list_tokens")["items"][0]["id"])
    assert program.post(calling("get_session")).status_code == 401


def test_a_foreign_page_or_host_is_turned_away(alice: Visitor) -> None:
    program = Program(alice)
    assert program.post(calling("get_session"), Origin="https://evil.example").status_code == 403
    assert program.post(calling("get_session"), Host="evil.example").status_code == 421


@pytest.mark.parametrize("verb", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_only_post_is_taken(alice: Visitor, verb: str) -> None:
    response = requests.request(verb, Program(alice).url, timeout=PATIENCE_S)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert response.json()["error"]["code"] == "method_not_allowed"


def test_a_message_over_a_mebibyte_is_refused(alice: Visitor) -> None:
    response = Program(alice).post(calling("echo", value="x" * 1_100_000))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


def test_a_token_opens_its_own_workspace_only(program: Program, bob: Visitor) -> None:
    theirs = Program(bob, program.era)
    asked = theirs.call("send_message", text="secret", model=f"{SERVER}/ok").structured_content
    assert len(theirs.call("list_conversations").structured_content["items"]) == 1
    assert program.call("list_conversations").structured_content["items"] == []
    for name, arguments in (
        ("get_task", {"task_id": asked["id"]}),
        ("cancel_task", {"task_id": asked["id"]}),
        ("get_conversation", {"conversation_id": asked["facts"]["conversation_id"]}),
    ):
        assert text_of(program.call(name, **arguments)).startswith("not_found: ")


def test_errors_are_told_in_the_callers_language(alice: Visitor) -> None:
    result = answer_in(Program(alice).post(calling("echo"), Accept_Language="zh-CN"))["result"]
    assert result["content"][0]["text"].startswith("invalid_arguments: 参数不符合要求")


def test_a_chat_answers_its_ended_task_with_the_text(program: Program) -> None:
    task = program.call("send_message", text="hello", model=f"{SERVER}/ok").structured_content
    assert (task["state"], task["made"]["text"], task["made"]["usage"]["completion_tokens"] > 0) == (
        "completed",
        TEXT,
        True,
    )
    assert program.call("get_task", task_id=task["id"]).structured_content == task


def test_a_chat_that_fails_is_an_error_that_carries_its_task(program: Program) -> None:
    result = program.call("send_message", text="hello", model=f"{SERVER}/401")
    assert result.is_error
    assert result.structured_content["state"] == "failed"
    assert text_of(result).startswith(result.structured_content["error"]["code"] + ": ")


def test_the_words_come_as_progress_while_they_are_written(program: Program) -> None:
    told: list[tuple[float, str | None]] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async def ask(client: Client) -> CallToolResult:
        given = {"text": "hello", "model": f"{SERVER}/slow:100ms"}
        return await client.call_tool("send_message", given, progress_callback=on_progress)

    result = program.run(ask)
    numbers, texts = [number for number, _ in told], [text or "" for _, text in told]
    assert numbers == sorted(set(numbers))
    assert len(set(texts)) >= 4
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert result.structured_content["made"]["text"] == TEXT
    assert TEXT.startswith(texts[-1])


def test_a_cancelled_call_cancels_its_task(program: Program) -> None:
    async def ask_and_leave(client: Client) -> None:
        asked = asyncio.create_task(client.call_tool("send_message", {"text": "hi", "model": f"{SERVER}/{LONG}"}))
        await asyncio.to_thread(wait_until, lambda: state_of(program.visitor) == "processing", 10, "the task")
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        await asyncio.to_thread(wait_until, lambda: state_of(program.visitor) == "cancelled", 10, "the cancel")

    program.run(ask_and_leave)


def test_who_only_looks_at_a_task_does_not_cancel_it(program: Program) -> None:
    visitor = program.visitor
    task = visitor.call("send_message", "hi", None, f"{SERVER}/{LONG}")

    async def look_and_leave(client: Client) -> None:
        looked = asyncio.create_task(client.call_tool("get_task", {"task_id": task["id"]}))
        await client.call_tool("echo", {"value": "the other call has begun"})
        looked.cancel()
        await asyncio.gather(looked, return_exceptions=True)
        await client.call_tool("echo", {"value": "the notice has come"})

    program.run(look_and_leave)
    assert visitor.call("get_task", task["id"])["state"] == "processing"
    ended = program.call("cancel_task", task_id=task["id"]).structured_content
    assert ended["state"] == "cancelled"
    assert not ended["error"]


def test_a_notice_from_another_client_of_the_same_token_cancels_nothing(alice: Visitor) -> None:
    program = Program(alice, "legacy")

    async def ask(client: Client) -> CallToolResult:
        asked = asyncio.create_task(client.call_tool("send_message", {"text": "hi", "model": f"{SERVER}/slow:100ms"}))
        await asyncio.to_thread(wait_until, lambda: state_of(alice) == "processing", 10, "the task")
        for number in range(1, 9):
            notice = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number}}
            for label in ({}, {"Mcp_Session_Id": "another"}):
                assert (await asyncio.to_thread(program.post, notice, **label)).status_code == 202
        return await asked

    assert program.run(ask).structured_content["state"] == "completed"


def test_a_lost_connection_of_an_older_client_leaves_the_task_alone(alice: Visitor) -> None:
    message = calling("send_message", text="hi", model=f"{SERVER}/slow:100ms")
    program = Program(alice)
    sent = {"Authorization": f"Bearer {program.token}", "Accept": "application/json, text/event-stream"}
    with requests.post(program.url, json=message, headers=sent, stream=True, timeout=PATIENCE_S) as response:
        wait_until(lambda: state_of(alice) == "processing", 10, "the task")
        assert response.status_code == 200
    wait_until(lambda: state_of(alice) == "completed", 10, "the task's end")


def test_a_blocking_call_holds_up_nobody(program: Program) -> None:
    async def both(client: Client) -> tuple[Any, Any]:
        slow = asyncio.create_task(client.call_tool("sleep_for", {"seconds": 1.0}))
        quick = await client.call_tool("echo", {"value": "quick"})
        assert not slow.done()
        return quick.structured_content, (await slow).structured_content

    assert program.run(both) == ({"result": "quick"}, {"result": 1.0})


def test_numbers_that_json_has_not_come_as_null_as_the_schema_says(program: Program) -> None:
    assert program.call("get_infinity").structured_content == {"nan": None, "infinity": None}


def test_a_method_of_other_doors_is_no_tool_here(program: Program) -> None:
    assert "get_secret" not in program.tools()
    with pytest.raises(MCPError, match="Unknown tool: get_secret"):
        program.call("get_secret")


def test_calls_beyond_a_visitors_line_are_refused_and_the_others_answered(alice: Visitor) -> None:
    program = Program(alice)

    async def crowd(client: Client) -> list[str]:
        calls = [client.call_tool("sleep_for", {"seconds": 0.1}) for _ in range(120)]
        found = await asyncio.gather(*calls, return_exceptions=True)
        return [str(one) if isinstance(one, BaseException) else text_of(one) for one in found]

    said = program.run(crowd)
    refusals = ("too_many_calls", "Server returned an error response")  # in its turn for the call, or for the token
    assert all(text == '{"result":0.1}' or text.startswith(refusals) for text in said)
    assert said.count('{"result":0.1}') >= 64
    assert any(text.startswith(refusals) for text in said)
    assert program.call("echo", value="again").structured_content == {"result": "again"}
