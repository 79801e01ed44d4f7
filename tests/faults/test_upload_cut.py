"""An upload is cut at any byte, and its server killed with -9 at any moment: nothing acknowledged is lost, and the file
that comes of it in the end has the same SHA-256.
"""

import hashlib
import os
import random
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.running import Gunicorn, Server, wait_until
from tests.sending import ask_offset, begin, open_patch, random_bytes, send
from tests.visitors import Visitor, new_visitor

SIZE = 6_000_000
PIECE = 100_000
LONG_S = 120

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def chance() -> random.Random:
    """Chance that can be had again: FAULT_SEED says which."""
    seed = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(1_000_000))
    sys.stdout.write(f"FAULT_SEED={seed}\n")
    return random.Random(seed)


class Sender:
    """Sends one file and remembers what the server told it to have."""

    def __init__(self, visitor: Visitor, data: bytes) -> None:
        self.visitor = visitor
        self.data = data
        self.upload: dict[str, Any] = begin(visitor, "a.bin", len(data))
        self.told = 0

    def offset(self) -> int:
        """Ask how far the server is: never less far than it was."""
        offset = ask_offset(self.visitor, self.upload)
        assert offset >= self.told, "what was acknowledged is lost"
        self.told = offset
        return offset

    def cut_after(self, num: int) -> None:
        """Send so many bytes in one connection, and cut it."""
        offset = self.offset()
        with open_patch(self.visitor, self.upload, offset) as connection:
            connection.sendall(self.data[offset : offset + num])

    def send_pieces(self, is_over: Callable[[], bool]) -> None:
        """Send piece by piece until all are there, or it is over."""
        while not is_over() and (offset := self.offset()) < len(self.data):
            piece = self.data[offset : offset + PIECE]
            if send(self.visitor, self.upload, piece, offset).status_code == 204:
                self.told = offset + len(piece)

    def finish(self) -> None:
        """Send the rest and compare."""
        wait_until(self._sent_rest, LONG_S, "the end of the upload")
        file = self.visitor.call("get_file", self.upload["id"])
        assert file["sha256"] == hashlib.sha256(self.data).hexdigest()
        assert self.visitor.http.get(self.visitor.url + file["url"]).content == self.data

    def _sent_rest(self) -> bool:
        offset = self.offset()
        if offset == len(self.data):
            return True
        answer = send(self.visitor, self.upload, self.data[offset:], offset)
        assert answer.status_code in (204, 409, 423), answer.text  # the cut one may be writing still
        return answer.status_code == 204


def test_an_upload_cut_at_random_bytes_goes_on_and_is_the_same_file(
    server: Server, alice: Visitor, chance: random.Random, scale: int
) -> None:
    own: set[str] = set()
    for number in range(3 * scale):
        sender = Sender(alice, random_bytes(SIZE, number))
        own.add(sender.upload["id"])
        for _ in range(5):
            sender.cut_after(chance.choice([0, 1, chance.randrange(3000), chance.randrange(SIZE // 2)]))
        sender.finish()
    parts = server.data_dir / "files" / "parts"
    # The server is shared: other tests leave uploads begun.
    wait_until(lambda: not own & {path.name.partition(".")[0] for path in parts.iterdir()}, what="the parts' end")


def test_an_upload_cut_behind_its_last_byte_is_a_file(alice: Visitor, scale: int) -> None:
    for number in range(3 * scale):
        sender = Sender(alice, random_bytes(SIZE, number))
        sender.cut_after(SIZE)
        wait_until(lambda sender=sender: sender.offset() == SIZE, what="the last byte")  # type: ignore[misc]
        sender.finish()


def test_a_server_killed_at_random_moments_loses_nothing_of_an_upload(
    tmp_path: Path, chance: random.Random, scale: int
) -> None:
    with Server(tmp_path, local_model="false") as server:
        visitor = new_visitor(server.url, "alice")
        for number in range(2 * scale):
            sender = Sender(visitor, random_bytes(SIZE, number))
            for _ in range(2):
                killer = threading.Timer(chance.uniform(0, 0.4), server.kill)
                killer.start()
                with suppress(requests.ConnectionError):
                    sender.send_pieces(lambda killer=killer: not killer.is_alive())  # type: ignore[misc]
                killer.join()
                server.start()
            sender.finish()
        assert len(visitor.call("list_files")["items"]) == 2 * scale
        assert list((tmp_path / "files" / "parts").iterdir()) == []


def test_a_server_killed_while_a_file_is_made_makes_it_once(tmp_path: Path, chance: random.Random, scale: int) -> None:
    with Server(tmp_path, local_model="false") as server:
        visitor = new_visitor(server.url, "alice")
        for number in range(2 * scale):
            sender = Sender(visitor, random_bytes(SIZE, number))
            send(visitor, sender.upload, sender.data[:-1])
            killer = threading.Timer(chance.uniform(0, 0.02), server.kill)
            with open_patch(visitor, sender.upload, SIZE - 1) as connection:
                killer.start()
                connection.sendall(sender.data[-1:])
                killer.join()
            server.start()
            sender.finish()
        names = [path.name for path in (tmp_path / "files" / "blobs").glob("??/*")]
        assert len(names) == len(visitor.call("list_files")["items"]) == 2 * scale


def test_a_worker_killed_in_mid_upload_is_followed_by_another(tmp_path: Path, scale: int) -> None:
    with Gunicorn(tmp_path, 4, local_model="false") as gunicorn:
        visitor = new_visitor(gunicorn.url, "alice")
        for number in range(scale):
            sender = Sender(visitor, random_bytes(SIZE, number))
            with open_patch(visitor, sender.upload, 0) as connection:
                connection.sendall(sender.data[: SIZE // 2])
                wait_until(lambda sender=sender: sender.offset() > SIZE // 3, what="some bytes")  # type: ignore[misc]
                worker_of_connection(gunicorn, connection.getsockname()[1]).kill()
                visitor.http.close()  # it may be kept open to the one that was killed
            wait_until(lambda sender=sender: answers(sender), what="another worker")  # type: ignore[misc]
            sender.finish()


def worker_of_connection(server: Server, port: int) -> psutil.Process:
    """Return the process at the other end of a connection."""
    for worker in psutil.Process(server.pid).children():
        open_ones = [one for one in worker.net_connections("tcp") if one.status == psutil.CONN_ESTABLISHED]
        if any(one.raddr.port == port for one in open_ones):
            return worker
    raise AssertionError("no worker has this connection")


def answers(sender: Sender) -> bool:
    try:
        sender.offset()
    except requests.ConnectionError:
        return False
    return True
