"""A real nginx in front of servers, with the configuration that deploy/ keeps as an example."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from types import TracebackType

from tests.running import ROOT, free_port, wait_until

EXAMPLE = ROOT / "deploy" / "nginx.conf"
AROUND = """daemon off;
master_process off;
pid nginx.pid;
error_log nginx.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include {example};
}}
"""
STOP_S = 10.0


class Nginx:
    """`with Nginx(folder, ports) as nginx: nginx.url`."""

    def __init__(self, folder: Path, ports: tuple[int, int]) -> None:
        self._folder = folder
        self._port = free_port()
        text = EXAMPLE.read_text()
        places = {"listen 80;": f"listen 127.0.0.1:{self._port};"}
        places |= {f"127.0.0.1:500{place}": f"127.0.0.1:{port}" for place, port in enumerate(ports, 1)}
        for old, new in places.items():
            assert text.count(old) == 1, f"the example does not say {old} once"
            text = text.replace(old, new)
        (folder / "studiolo.conf").write_text(text)
        (folder / "nginx.conf").write_text(AROUND.format(example=folder / "studiolo.conf"))

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        """What it complained of."""
        return (self._folder / "nginx.log").read_text()

    def __enter__(self) -> "Nginx":
        program = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
        assert program, "nginx is not here: `python3 main.py setup --dev --system` installs it"
        self._process = subprocess.Popen(
            [program, "-p", str(self._folder), "-c", "nginx.conf", "-e", "nginx.log"],
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        wait_until(self._listens, what="nginx")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(STOP_S)

    def _listens(self) -> bool:
        assert self._process.poll() is None, self.log
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0
