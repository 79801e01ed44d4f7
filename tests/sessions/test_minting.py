"""Everyone who opens the page gets a workspace of their own, and finds it again."""

import re

import pytest
import requests

from tests.running import Server
from tests.visitors import Visitor

UUID4 = re.compile(r"/uuid=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")


def test_the_first_visit_mints_a_workspace_and_one_key(server: Server) -> None:
    answer = requests.get(server.url + "/", allow_redirects=False)
    assert answer.status_code == 302
    assert UUID4.search(answer.headers["Location"])
    cookies = answer.raw.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    key = next(cookie for cookie in cookies if cookie.startswith("studiolo_key="))
    assert len(key.split(";")[0].partition("=")[2]) == 43


def test_the_root_goes_back_to_a_workspace_that_is_not_stored_yet(server: Server) -> None:
    visitor = Visitor(server.url).open()
    assert Visitor.open(visitor, "/").session_id == visitor.session_id
    first = visitor.session_id
    visitor.open("/")
    assert visitor.session_id == first


def test_the_root_goes_to_the_workspace_used_last(server: Server) -> None:
    visitor = Visitor(server.url).open()
    first = visitor.session_id
    visitor.call("update_session_data", {"name": "first"})
    visitor.open("/new")
    second = visitor.session_id
    visitor.call("update_session_data", {"name": "second"})
    assert first != second
    assert visitor.open("/").session_id == second
    visitor.open(f"/uuid={first}")
    assert visitor.open("/").session_id == first
    listed = [one["id"] for one in visitor.call("list_sessions")["items"]]
    assert listed == [first, second]


def test_two_tabs_opened_at_once_overwrite_neither(server: Server) -> None:
    browser = requests.Session()
    one = requests.get(server.url + "/", allow_redirects=False)
    two = requests.get(server.url + "/", allow_redirects=False)
    for answer in (one, two):  # one cookie jar: the second answer's key replaces the first's
        browser.cookies.update(answer.cookies)
    for answer in (one, two):
        tab = Visitor(server.url)
        tab.http, tab.session_id = browser, answer.headers["Location"].rpartition("=")[2]
        assert tab.call("add_count") == 1
        assert tab.call("add_count") == 2


def test_a_key_that_changed_between_two_tabs_still_opens_what_the_first_one_stored(server: Server) -> None:
    first, second = Visitor(server.url).open(), Visitor(server.url).open()
    assert first.call("add_count") == 1
    first.http.cookies.set("studiolo_key", second.http.cookies["studiolo_key"], domain="127.0.0.1", path="/")
    assert first.call("add_count") == 2


def test_a_browser_keeps_few_proofs_however_many_workspaces_it_opens(server: Server) -> None:
    visitor = Visitor(server.url).open()
    for _ in range(20):
        visitor.open("/new")
    proofs = [name for name in visitor.http.cookies.keys() if name.startswith("studiolo_mint_")]  # noqa: SIM118
    assert len(proofs) <= 8
    assert visitor.call("add_count") == 1


def test_a_stored_workspace_needs_no_proof_any_more(server: Server) -> None:
    visitor = Visitor(server.url).open()
    visitor.call("add_count")
    visitor.open(f"/uuid={visitor.session_id}")
    assert not [name for name in visitor.http.cookies.keys() if name.startswith("studiolo_mint_")]  # noqa: SIM118
    assert visitor.call("add_count") == 2


@pytest.mark.parametrize("proof", ["", "1.x", "9999999999.AAAAAAAAAAAAAAAAAAAAAA", "1795255664.é"])
def test_a_false_proof_opens_nothing(server: Server, proof: str) -> None:
    owner, thief = Visitor(server.url).open(), Visitor(server.url).open()
    name = f"studiolo_mint_{owner.session_id.replace('-', '')}"
    headers = {"Cookie": f"studiolo_key={thief.http.cookies['studiolo_key']}; {name}={proof}".encode()}
    assert requests.get(f"{server.url}/uuid={owner.session_id}", headers=headers).status_code == 404


def test_the_page_carries_its_uuid_and_a_new_nonce_each_load(server: Server) -> None:
    visitor = Visitor(server.url).open()
    pages = [visitor.http.get(f"{server.url}/uuid={visitor.session_id}") for _ in range(2)]
    policies = [page.headers["Content-Security-Policy"] for page in pages]
    assert f'SESSION_UUID="{visitor.session_id}"' in pages[0].text.replace(" ", "")
    assert policies[0] != policies[1]
    assert all("unsafe" not in policy and "object-src 'none'" in policy for policy in policies)
