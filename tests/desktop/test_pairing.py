"""A pairing link lets one browser in, once, within a minute."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from doors.cookies import WINDOW_COOKIE
from sessions.keys import new_key
from sessions.pairing import AGE_S, Pairing, Pairings
from settings import Settings
from web_mode import Parts, build, create_app


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return build(Settings(data_dir=tmp_path, local_model=False))


@pytest.fixture
def client(parts: Parts) -> FlaskClient:
    return create_app(parts.settings, parts).test_client()


def link(parts: Parts, key: str, *, is_window: bool = False) -> str:
    return f"/pair/{parts.pairings.give(Pairing(key=key, is_window=is_window))}"


def test_a_word_is_taken_once() -> None:
    pairings, pairing = Pairings(), Pairing(key=new_key())
    word = pairings.give(pairing)
    assert len(word) == 43
    assert pairings.take(word) == pairing
    assert pairings.take(word) is None


def test_a_word_ends_after_a_minute() -> None:
    now_s = 0.0
    pairings = Pairings(clock=lambda: now_s)
    early, late = (pairings.give(Pairing(key=new_key())) for _ in range(2))
    now_s = AGE_S - 1
    assert pairings.take(early)
    now_s = AGE_S
    assert pairings.take(late) is None
    assert len(pairings) == 0


def test_the_oldest_words_go_where_there_are_too_many() -> None:
    pairings = Pairings(max_words=3)
    words = [pairings.give(Pairing(key=new_key())) for _ in range(5)]
    assert len(pairings) == 3
    assert [pairings.take(word) is not None for word in words] == [False, False, True, True, True]


def test_a_link_gives_the_key_and_leads_to_a_workspace_that_opens(parts: Parts, client: FlaskClient) -> None:
    key = new_key()
    led = client.get(link(parts, key))
    assert led.status_code == 302
    assert led.location.startswith("/uuid=")
    assert led.headers["Cache-Control"] == "no-store"
    cookie = client.get_cookie("studiolo_key")
    assert cookie is not None
    assert (cookie.value, cookie.http_only, cookie.same_site) == (key, True, "Lax")
    assert client.get(led.location).status_code == 200


def test_a_used_or_false_link_is_the_one_404(parts: Parts, client: FlaskClient) -> None:
    address = link(parts, new_key())
    assert client.get(address).status_code == 302
    used, false, unknown = (client.get(path) for path in (address, f"/pair/{new_key()}", "/uuid=nonsense"))
    assert used.status_code == false.status_code == 404
    assert used.data == false.data == unknown.data
    assert "Set-Cookie" not in used.headers


def test_only_the_window_gets_a_page_that_may_use_eval(parts: Parts, client: FlaskClient) -> None:
    led = client.get(link(parts, new_key()))
    plain = client.get(led.location)
    assert "unsafe-eval" not in plain.headers["Content-Security-Policy"]
    assert b'"isWindow": false' in plain.data
    led = client.get(link(parts, new_key(), is_window=True))
    shown = client.get(led.location)
    assert "'unsafe-eval'" in shown.headers["Content-Security-Policy"]
    assert b'"isWindow": true' in shown.data


def test_the_word_of_another_process_is_no_window(parts: Parts, client: FlaskClient) -> None:
    client.set_cookie(WINDOW_COOKIE, new_key())
    shown = client.get(client.get(link(parts, new_key())).location)
    assert "unsafe-eval" not in shown.headers["Content-Security-Policy"]
