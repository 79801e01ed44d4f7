"""A real PostgreSQL for tests: a cluster of its own in a new folder, on a free port of loopback, ended by its own id.

One serves a whole test process; each test gets a database of its own, copied from one that has all tables.
"""

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg

from tests.running import free_port, wait_until

BINARIES = "usr/lib/postgresql/*/bin"
USER = "postgres"
START_S = 30.0
STOP_S = 20.0
# A test's database need not outlive a power cut.
OPTIONS = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "64MB"}
_names = itertools.count(1)


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, the newest version's."""
    folders = sorted(Path("/").glob(BINARIES), key=lambda folder: int(folder.parent.name))
    found = shutil.which(name, path=os.pathsep.join([str(folders[-1]), os.defpath]) if folders else None)
    assert found is not None, f"PostgreSQL's {name} is not here: `python3 main.py setup --dev --system` installs it"
    return found


def _end_with_parent() -> None:
    """Have the system stop this process, even where the tests are killed: prctl(PR_SET_PDEATHSIG), Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


class PostgresServer:
    """`with PostgresServer() as postgres: postgres.new_database()` gives an address; `stop` and `start` when wanted."""

    def __init__(self, **options: str) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="studiolo-postgres-"))
        self._options = OPTIONS | options
        self._process: subprocess.Popen[bytes] | None = None
        self._user = USER if os.geteuid() == 0 else None  # it refuses to run as root
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        words = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={USER}", "--no-sync"]
        self._run(program("initdb"), *words, "-D", str(self.folder / "data"))

    def address(self, database: str = USER) -> str:
        """Return a database's address, as STUDIOLO_DATABASE_URL takes it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        """The server's first process."""
        assert self._process is not None
        return self._process.pid

    def new_database(self, template: str = "template1") -> str:
        """Make a database and return its address."""
        name = f"test_{os.getpid()}_{next(_names)}"
        self.say(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.address(name)

    def drop_database(self, address: str) -> None:
        """Remove a database, whoever is in it."""
        self.say(f'DROP DATABASE "{address.rpartition("/")[2]}" WITH (FORCE)')

    def say(self, words: str) -> None:
        """Say one statement to the server, outside a transaction."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(words.encode())

    def start(self) -> "PostgresServer":
        """Start it and wait until it answers."""
        words = [word for name, value in self._options.items() for word in ("-c", f"{name}={value}")]
        words += ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}"]
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *words],
                user=self._user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; they then stop it in good order
                preexec_fn=_end_with_parent,  # noqa: PLW1509 — it takes no lock
            )
        wait_until(self._answers, START_S, "PostgreSQL's start")
        return self

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT breaks every connection off, SIGQUIT is a crash that the next start recovers from."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(STOP_S)
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
        try:
            psycopg.connect(self.address(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, *words: str) -> None:
        done = subprocess.run(words, user=self._user, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def __enter__(self) -> "PostgresServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
