"""Static files: packed ones to whoever takes them, kept for a year where the name tells the content."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from doors import static_files
from doors.static_files import ServiceWorkerDoor, StaticDoor


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    assets = tmp_path / "static" / "app" / "assets"
    assets.mkdir(parents=True)
    (assets / "main-1.js").write_text("plain")
    (assets / "main-1.js.gz").write_bytes(b"gz")
    (assets / "main-1.js.br").write_bytes(b"br")
    (assets / "lone-1.js").write_text("lone")
    (tmp_path / "static" / "favicon.svg").write_text("<svg/>")
    monkeypatch.setattr(static_files, "ROOT", tmp_path)
    return TestClient(Starlette(routes=[Mount("/", StaticDoor())]))


def packed(client: TestClient, taken: str, path: str = "/app/assets/main-1.js") -> tuple[str | None, str]:
    with client.stream("GET", path, headers={"Accept-Encoding": taken}) as answer:
        return answer.headers.get("Content-Encoding"), b"".join(answer.iter_raw()).decode()


def test_the_best_packing_that_the_caller_takes_is_sent(client: TestClient) -> None:
    assert packed(client, "gzip, deflate, br") == ("br", "br")
    assert packed(client, "gzip") == ("gzip", "gz")
    assert packed(client, "br;q=0, gzip") == ("gzip", "gz")
    assert packed(client, "identity") == (None, "plain")
    assert packed(client, "br", "/app/assets/lone-1.js") == (None, "lone")


def test_a_packed_file_keeps_its_kind(client: TestClient) -> None:
    with client.stream("GET", "/app/assets/main-1.js", headers={"Accept-Encoding": "br"}) as answer:
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_only_what_is_named_by_its_content_is_kept_for_long(client: TestClient) -> None:
    assert "immutable" in client.get("/app/assets/lone-1.js").headers["Cache-Control"]
    assert client.get("/favicon.svg").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/../settings.py", "/%2e%2e/settings.py", "/app/../../settings.py", "/nothing"])
def test_nothing_outside_the_folder_goes_out(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_service_worker_is_served_at_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServiceWorkerDoor, "PATH", tmp_path / "service-worker.js")
    client = TestClient(ServiceWorkerDoor())
    assert client.get("/service-worker.js").status_code == 404
    (tmp_path / "service-worker.js").write_text("self")
    assert client.get("/service-worker.js").text == "self"
