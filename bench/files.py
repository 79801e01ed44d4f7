"""(i) A file of a gigabyte up and down, beside a bare file route of Starlette's and `cp`.

`python -m bench.files 100` tries it with 100 MB.
"""

import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.calls import QUIET
from bench.floor import BareFile
from bench.process import cpu_s, rss_bytes
from bench.report import Aim, Section, Table, median_of, ratios_of
from bench.visits import port_of
from tests.running import Server
from tests.sending import BYTES, TUS, begin
from tests.visitors import Visitor, new_visitor

SIZE_MB = 1000
NUM_ROUNDS = 5
MOST_RATIO = 1.3
MOST_MB = 50.0
LOOK_S = 0.02
RECEIVE_BYTES = 1 << 20
UP, DOWN = "up", "down"

Figures = dict[str, float]


@dataclass
class Source:
    """The file that is sent: other bytes in each round, so that no round finds them stored."""

    path: Path
    size: int
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def renew(self) -> None:
        """Change its first bytes."""
        with self.path.open("r+b") as file:
            file.write(next(self.numbers).to_bytes(8))


class Ours:
    """Our server, a visitor, and the file that was sent last."""

    def __init__(self, server: Server, source: Source) -> None:
        self.server = server
        self._source = source
        self._visitor: Visitor = new_visitor(server.url, "bench")
        self._visitor.call("update_session")
        cookies = "; ".join(f"{name}={value}" for name, value in self._visitor.http.cookies.items())
        self._headers = {"Cookie": cookies}
        self._file = ""
        self.idle = rss_bytes(server.pid)

    def up(self) -> float:
        """Send the file; return how long its bytes took, until the file exists."""
        upload = begin(self._visitor, "bench.bin", self._source.size)
        headers = {**self._headers, **TUS, **BYTES, "Upload-Offset": "0"}
        took_s = send_file(self.server, upload["url"], headers, self._source)
        self._file = self._visitor.call("get_file", upload["id"])["url"]
        return took_s

    def down(self) -> float:
        """Receive it; return how long that took."""
        return receive_file(self.server, self._file, self._headers, self._source)

    def clear(self) -> None:
        """Remove the bytes, so that the disk is as before."""
        for blob in (self.server.data_dir / "files" / "blobs").glob("??/*"):
            blob.unlink()


class Floor:
    """The bare server and its one file."""

    def __init__(self, server: BareFile, source: Source) -> None:
        self.server: Server = server
        self._path = server.path
        self._source = source
        self.idle = rss_bytes(server.pid)

    def up(self) -> float:
        """Send the file; return how long that took."""
        return send_file(self.server, "/file", {}, self._source)

    def down(self) -> float:
        """Receive it; return how long that took."""
        return receive_file(self.server, "/file", {}, self._source)

    def clear(self) -> None:
        """Remove it."""
        self._path.unlink()


def measure(size_mb: int = SIZE_MB, num_rounds: int = NUM_ROUNDS) -> Section:
    """Measure it all."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = _source(folder / "source", size_mb)
        most = {"max_session_bytes": 1 << 40, "max_file_bytes": 1 << 40}
        bare = BareFile(folder / "floor")
        with Server(folder / "ours", **QUIET, **most) as ours, bare:
            sides = (Ours(ours, source), Floor(bare, source))
            for side in sides:
                _round(side, source)  # warm
            rounds = [[_round(side, source) for side in sides] for _ in range(num_rounds)]
            copies = [_copy_s(source, folder / "copy") for _ in range(num_rounds)]
    return _section(size_mb, rounds, copies)


def send_file(server: Server, url: str, headers: dict[str, str], source: Source) -> float:
    """PATCH a file by the kernel's sendfile; return how long it took until the answer."""
    begun_s = time.perf_counter()
    with _asked(server, f"PATCH {url}", {**headers, "Content-Length": str(source.size)}) as connection:
        with source.path.open("rb") as file:
            connection.sendfile(file)
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 204"), answer
    return time.perf_counter() - begun_s


def receive_file(server: Server, url: str, headers: dict[str, str], source: Source) -> float:
    """GET a file and drop its bytes; return how long that took."""
    begun_s, buffer = time.perf_counter(), memoryview(bytearray(RECEIVE_BYTES))
    with _asked(server, f"GET {url}", {**headers, "Connection": "close"}) as connection:
        num = 0
        while taken := connection.recv_into(buffer):
            num += taken
    assert source.size < num < source.size + 4096, num
    return time.perf_counter() - begun_s


@contextmanager
def _asked(server: Server, first: str, headers: dict[str, str]) -> Iterator[socket.socket]:
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **headers}.items())
    with socket.create_connection(("127.0.0.1", port_of(server))) as connection:
        connection.sendall(f"{first} HTTP/1.1\r\n{lines}\r\n".encode())
        yield connection


def _round(side: Ours | Floor, source: Source) -> Figures:
    source.renew()
    found: Figures = {}
    for word, run in ((UP, side.up), (DOWN, side.down)):
        found |= _watched(side, word, run)
    side.clear()
    return found


def _watched(side: Ours | Floor, word: str, run: Callable[[], float]) -> Figures:
    pid, seen, is_over = side.server.pid, [0], threading.Event()
    before_s = cpu_s(pid)

    def look() -> None:
        while not is_over.wait(LOOK_S):
            seen.append(rss_bytes(pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    took_s = run()
    is_over.set()
    watcher.join()
    return {
        f"{word}: s": took_s,
        f"{word}: server's processor s": cpu_s(pid) - before_s,
        f"{word}: MB above idle": max(0, max(seen) - side.idle) / 1e6,
    }


def _copy_s(source: Source, target: Path) -> float:
    source.renew()
    begun_s = time.perf_counter()
    subprocess.run(["cp", str(source.path), str(target)], check=True)
    took_s = time.perf_counter() - begun_s
    target.unlink()
    return took_s


def _source(path: Path, size_mb: int) -> Source:
    with path.open("wb") as file, Path("/dev/urandom").open("rb") as noise:
        for _ in range(size_mb):
            file.write(noise.read(1_000_000))
    return Source(path, size_mb * 1_000_000)


def _section(size_mb: int, rounds: Sequence[Sequence[Figures]], copies: Sequence[float]) -> Section:
    ours, floor = ([one[place] for one in rounds] for place in (0, 1))
    found, floors = median_of(ours), median_of(floor)
    times = [f"{word}: s" for word in (UP, DOWN)]
    ratios = ratios_of([{name: one[name] for name in times} for one in ours], floor)
    rows = [
        (name, f"{value:.2f}", f"{floors[name]:.2f}", f"{ratios[name]:.2f}" if name in ratios else "")
        for name, value in found.items()
    ]
    rows.append(("cp: s", "", f"{sorted(copies)[len(copies) // 2]:.2f}", ""))
    table = Table(head=(f"{size_mb} MB", "ours", "floor", "ratio"), rows=rows)
    aims = [aim for word in (UP, DOWN) for aim in _aims(word, ratios[f"{word}: s"], ours)]
    return Section(title=TITLE, about=ABOUT, table=table, aims=aims, why=WHY)


def _aims(word: str, ratio: float, ours: Sequence[Figures]) -> list[Aim]:
    most = max(one[f"{word}: MB above idle"] for one in ours)
    asked = f"{word}: at most {MOST_RATIO} times the floor's time"
    return [
        Aim(asked=asked, reached=f"{ratio:.2f}", is_met=ratio <= MOST_RATIO),
        Aim(asked=f"{word}: under {MOST_MB:.0f} MB above idle", reached=f"{most:.1f} MB", is_met=most < MOST_MB),
    ]


TITLE = "(i) A file of a gigabyte up and down"
ABOUT = f"""One connection on loopback; the client sends by the kernel's `sendfile`, and drops what it receives.
Ours: tus into a part with its SHA-256 running along, until the file exists; down with its owner checked. Floor: bare
Starlette, whose route writes the body's pieces into a file as they come, and `FileResponse`, on the same uvicorn. Other
bytes in each of {NUM_ROUNDS} rounds; memory is the most of 50 looks a second, in the worst round, above the server's
before its first transfer. `cp` copies the same file on the same disk."""
WHY = """the SHA-256 takes a processor 0.6 s a gigabyte; without it, tried, the door takes what the floor does (1.05 s
of processor against 0.9). It runs on a thread beside the event loop, so it costs time only where both processors have
other work too: the client's, or the machine's. Batches of 0.25 to 4 MB were tried (1 MB takes least), and joining a
batch before it goes to the thread, which waits for the interpreter's lock at each piece."""


if __name__ == "__main__":
    size, *more = (int(word) for word in sys.argv[1:])
    print(measure(size, more[0] if more else NUM_ROUNDS).as_markdown())
