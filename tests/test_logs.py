"""No log line, header or error holds a UUID in full."""

import re
import uuid

from logs import masked
from tests.running import Server, wait_until
from tests.visitors import Visitor

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def test_a_uuid_is_cut_to_its_first_letters() -> None:
    found = uuid.uuid4()
    assert masked(f"a {found} b {found.hex}.") == f"a {found.hex[:8]}… b {found.hex[:8]}…."


def test_what_the_server_logs_names_nobody(server: Server, alice: Visitor) -> None:
    alice.call("add_count")
    error = alice.post("break_down").json()["error"]
    wait_until(lambda: error["request_id"][:8] in server.log, what="the log's line")
    alice.http.get(f"{server.url}/uuid={alice.session_id}/nothing")
    file = (server.data_dir / "logs" / "studiolo.log").read_text(encoding="utf-8")
    for text in (server.log, file):
        assert alice.session_id not in text
        assert UUID_TEXT.search(text) is None


def test_no_error_names_the_workspace(alice: Visitor) -> None:
    for name, arguments in [
        ("get_task", [str(uuid.uuid4())]),
        ("no_method", []),
        ("get_session", [1]),
        ("break_down", []),
    ]:
        response = alice.post(name, arguments)
        assert response.status_code >= 400
        assert alice.session_id not in response.text
        assert alice.session_id not in str(response.headers)
