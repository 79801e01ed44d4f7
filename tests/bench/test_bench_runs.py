"""The benchmarks' own parts do what they say: load is answered, readers see every number, ratios are of the rounds."""

import json
import platform
import subprocess
import sys

import pytest

from bench.follow import Reader, start_readers
from bench.load import Load, finish
from bench.report import Aim, Section, Table, document, machine_facts, percentile, ratios_of
from bench.visits import Visit, open_visits, port_of
from bench.wire import text_frame, texts_of
from tests.running import Server
from tests.visitors import Visitor


@pytest.mark.parametrize("door", ["rpc", "live"])
def test_load_is_answered_at_both_doors(server: Server, door: str) -> None:
    callers = [getattr(visit, door)("add_count", {}) for visit in open_visits(server, 2)]
    found = Load(port=port_of(server), callers=callers, seconds=0.2).run()
    assert found["num_bad"] == 0
    assert len(found["times_ms"]) >= 2


def test_a_refused_call_is_bad_load(server: Server) -> None:
    [visit] = open_visits(server, 1)
    found = Load(port=port_of(server), callers=[visit.rpc("no_such_method", {})], seconds=0.1).run()
    assert found["num_bad"] == len(found["times_ms"]) > 0


def test_readers_at_both_doors_see_every_number(server: Server, alice: Visitor) -> None:
    task = alice.call("send_message", "count", None, "127.0.0.1/count:30:1")["id"]
    cookies = "; ".join(f"{name}={value}" for name, value in alice.http.cookies.items())
    visit = Visit(alice.session_id, cookies)
    frame = text_frame(json.dumps({"subscribe": task, "after": 0})).decode("latin-1")
    by_live = Reader(visit.handshake(), frame)
    by_sse = Reader(visit.request("get_task", {"task_id": task}, Accept="text/event-stream"))
    [process] = start_readers(port_of(server), [by_live, by_sse], 1)
    first, second = finish(process)["readings"]
    assert first["numbers"] == second["numbers"] == list(range(1, len(first["numbers"]) + 1))
    assert len(first["numbers"]) > 30


@pytest.mark.parametrize(
    ("size", "head"), [(1, b"\x01"), (125, b"\x7d"), (126, b"\x7e\x00\x7e"), (70_000, b"\x7f" + (70_000).to_bytes(8))]
)
def test_text_frames_of_any_size_are_read(size: int, head: bytes) -> None:
    text = "x" * size
    assert list(texts_of(b"\x81" + head + text.encode() + b"\x89\x00")) == [text]


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    ours = [{"mean": 2.0}, {"mean": 9.0}, {"mean": 3.0}]
    assert ratios_of(ours, [{"mean": 1.0}, {"mean": 3.0}, {"mean": 3.0}]) == {"mean": 2.0}
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 3.0


def test_a_section_says_why_only_where_an_aim_is_missed() -> None:
    def section(is_met: bool) -> str:
        aims = [Aim(asked="at most 1", reached="2", is_met=is_met)]
        return Section(title="x", about="y", table=Table(head=("a",), rows=[("b",)]), aims=aims, why="z").as_markdown()

    assert "Why it is missed: z" in section(is_met=False)
    assert "Why" not in section(is_met=True)


def test_the_report_names_the_machine_but_not_its_name() -> None:
    text = document([], machine_facts(), 90)
    assert "whole run: 1.5 minutes" in text
    assert "SQLAlchemy" in text
    assert platform.node() not in text


def test_what_a_process_found_is_read_though_it_came_together_with_its_first_line() -> None:
    tells = """print('ready'); print('{"num": 1}')"""
    process = subprocess.Popen([sys.executable, "-c", tells], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.wait()
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert finish(process) == {"num": 1}
