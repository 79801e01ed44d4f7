"""The generated Python client: typed methods, errors by code, events that survive a cut connection."""

import inspect

import pytest

from api.method import METHODS
from studiolo_client import Studiolo, StudioloError
from tests.asking import SERVER, TEXT
from tests.browser.cutting_proxy import CuttingProxy
from tests.running import free_port
from tests.visitors import Visitor


@pytest.fixture
def client(alice: Visitor) -> Studiolo:
    """Alice's workspace by a token."""
    return Studiolo(alice.url, alice.call("create_token", "client")["token"])


def test_it_has_every_method_with_its_parameters_and_help() -> None:
    for one in METHODS.at("rpc"):
        function = getattr(Studiolo, one.name)
        assert list(inspect.signature(function).parameters)[1:] == [parameter.name for parameter in one.parameters]
        assert function.__doc__ == one.help


def test_a_question_is_asked_and_its_answer_read(client: Studiolo) -> None:
    task = client.send_message("hello")
    words = [event["data"]["text"] for event in client.events(task["id"]) if event["kind"] == "text"]
    assert "".join(words) == TEXT
    assert client.wait(task["id"])["state"] == "completed"
    page = client.get_conversation(task["facts"]["conversation_id"], limit=1)
    assert [message["text"] for message in page["messages"]] == [TEXT]


def test_a_refusal_carries_code_status_and_sentence(client: Studiolo) -> None:
    with pytest.raises(StudioloError, match="not_found: There is no such task") as caught:
        client.get_task("00000000-0000-4000-8000-000000000000")
    assert (caught.value.code, caught.value.status, caught.value.details["what"]) == ("not_found", 404, "task")
    with pytest.raises(StudioloError) as caught:
        next(client.events("00000000-0000-4000-8000-000000000000"))
    assert caught.value.code == "not_found"


def test_messages_are_in_the_wished_language(alice: Visitor) -> None:
    chinese = Studiolo(alice.url, alice.call("create_token", "client")["token"], language="zh-CN")
    with pytest.raises(StudioloError, match="这里没有该任务"):
        chinese.get_task("00000000-0000-4000-8000-000000000000")


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(StudioloError) as caught:
        Studiolo(f"http://127.0.0.1:{free_port()}", "x").get_session()
    assert (caught.value.code, caught.value.status) == ("unreachable", 0)


def test_events_come_once_and_in_order_over_a_connection_that_is_cut(alice: Visitor) -> None:
    token = alice.call("create_token", "client")["token"]
    with CuttingProxy(alice.url) as proxy:
        client = Studiolo(proxy.url, token)
        task = client.send_message("count", model=f"{SERVER}/count:150:20")
        with proxy.cutting(every_s=0.7):
            events = list(client.events(task["id"]))
        assert proxy.num_cut >= 2
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    said = "".join(event["data"]["text"] for event in events if event["kind"] == "text")
    assert said == "".join(f"w{number} " for number in range(150))


def test_shapes_are_those_that_come(client: Studiolo) -> None:
    session = client.update_session("Desk")
    assert session["title"] == "Desk"
    assert set(session) == {"id", "title", "created_at", "expires_at", "stored", "last_event"}
