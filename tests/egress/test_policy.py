"""The words of STUDIOLO_EGRESS, and who may connect where by them."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egress.policy
from egress.addresses import Address
from egress.policy import Policy, Refused
from egress.system import is_this_machine, system_resolve
from egress.targets import Target, folded, is_name, split_target

OUTSIDE, OUTSIDE_V6, LOOPBACK, INSIDE = map(ip_address, ("93.184.216.34", "2606:4700::1111", "127.0.0.1", "10.0.0.5"))
OPEN = Policy.of("public")

ODD_HOSTS = [
    *["", ".", "..", "a..b", ".a", "a b", " a", "a\n", "a\r\nb", "a\0b", "a\tb", "\x7f", "a/b", "a?b", "a#b", "a\\b"],
    *["user@127.0.0.1", "user:word@a.example", "127.0.0.1:80", "[::1]", "::1]", "[::1", "a:b", "*", "*.example"],
    *["0", "1", "127", "127.1", "127.0.1", "2130706433", "017700000001", "0x7f.1", "0x7f000001", "0X7F.0.0.1", "0x"],
    *["0177.0.0.1", "127.0.0.01", "127.0.0.0x1", "1.2.3.4.5", "256.256.256.256", "127.0.0.1.", "127.0.0.1..", "a.1"],
    *[
        "127.0.0.1%00",
        "%31%32%37.0.0.1",
        "127%2e0%2e0%2e1",
        "１２７.0.0.1",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "bücher.example",
    ],
    *[
        "x" * 64,
        "x." * 126 + "xx",
        "a" * 300,
        "fe80::1%a\nb",
        "fe80::1%" + "a" * 300,
        "::1%",
        "::ffff:127.1",
        "127.0.0.1 x",
    ],
]


def at(*addresses: Address) -> list[Address]:
    return list(addresses)


def never(host: str) -> list[Address]:
    raise AssertionError(f"{host} was looked up")


@pytest.mark.parametrize(
    ("words", "is_public_open", "listed"),
    [
        ("public", True, []),
        ("none", False, []),
        ("db.example:5432", True, [("db.example", 5432)]),
        ("public,db.example:5432", True, [("db.example", 5432)]),
        (" none , DB.Example.:5432 ,, ", False, [("db.example", 5432)]),
        ("none,[0:0::1]:80,127.0.0.1:65535", False, [("::1", 80), ("127.0.0.1", 65535)]),
        ("a:1,a:1,A:1,b:1", True, [("a", 1), ("b", 1)]),
    ],
)
def test_words_become_a_policy(words: str, is_public_open: bool, listed: list[tuple[str, int]]) -> None:
    assert Policy.of(words) == Policy(is_public_open, frozenset(Target(*one) for one in listed))


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        ("", "write public, none, or HOST:PORT"),
        (" , ", "write public, none, or HOST:PORT"),
        ("public,none", "keep one of them"),
        ("example.com", "write example.com:443"),
        ("[::1]", r"write \[::1\]:443"),
        ("PUBLIC", "write PUBLIC:443"),
        ("http://example.com:80", "write example.com:443"),
        ("::1:80", r"write example.com:443 or \[2606"),
        ("*.example.com:443", "write one of them"),
        ("0x7f.1:80", "write one of them"),
        ("example.com:0", "from 1 to 65535"),
        ("example.com:65536", "from 1 to 65535"),
        ("example.com:443000", "write example.com:443 or"),
        ("example.com:４４３", "write example.com:443 or"),
        ("public;example.com:443", "write one of them"),
    ],
)
def test_bad_words_are_told_with_the_cure(words: str, cure: str) -> None:
    with pytest.raises(ValueError, match=cure):
        Policy.of(words)


@pytest.mark.parametrize(
    ("host", "port", "is_allowed"),
    [
        ("db.example", 5432, True),
        ("DB.EXAMPLE.", 5432, True),
        ("db.example..", 5432, False),
        ("db.example", 5433, False),
        ("x.db.example", 5432, False),
        ("127.0.0.1", 80, True),
        ("127.1", 80, False),
        ("0x7f000001", 80, False),
        ("localhost", 80, False),
        ("::ffff:127.0.0.1", 80, False),
        ("::1", 81, True),
        ("0:0:0:0:0:0:0:1", 81, True),
        ("::1%lo", 81, False),
    ],
)
def test_the_list_means_what_it_spells_and_nothing_else(host: str, port: int, is_allowed: bool) -> None:
    assert Policy.of("db.example:5432,127.0.0.1:80,[::1]:81").allows_by_name(host, port) is is_allowed


def test_a_public_name_answers_all_its_addresses() -> None:
    assert OPEN.check("a.example", 443, lambda _: at(OUTSIDE, OUTSIDE_V6)) == [OUTSIDE, OUTSIDE_V6]


def test_a_literal_address_is_not_looked_up() -> None:
    assert OPEN.check("2606:4700::1111", 443, never) == [OUTSIDE_V6]
    assert OPEN.check("93.184.216.34", 443, never) == [OUTSIDE]


@pytest.mark.parametrize("bad", [LOOPBACK, INSIDE, ip_address("::ffff:93.184.216.34"), ip_address("fe80::1%eth0")])
def test_one_address_that_is_not_public_spoils_all(bad: Address) -> None:
    answers = iter([[bad], [bad, OUTSIDE], [OUTSIDE, OUTSIDE_V6, bad]])
    for _ in range(3):
        with pytest.raises(Refused, match=r"a\.example:443 is not at a public address.*STUDIOLO_EGRESS") as refused:
            OPEN.check("a.example", 443, lambda _: next(answers))
        assert str(bad) not in refused.value.reason


def test_a_listed_target_may_be_anywhere() -> None:
    policy = Policy.of("db.example:5432")
    assert policy.check("DB.example", 5432, lambda _: at(INSIDE, OUTSIDE)) == [INSIDE, OUTSIDE]
    assert policy.check("other.example", 443, lambda _: at(OUTSIDE)) == [OUTSIDE]
    with pytest.raises(Refused):
        policy.check("db.example", 5433, lambda _: at(INSIDE))


def test_none_leaves_the_list_only_and_looks_nothing_else_up() -> None:
    policy = Policy.of("none,db.example:5432")
    assert policy.check("db.example", 5432, lambda _: at(OUTSIDE)) == [OUTSIDE]
    for host in ("a.example", "93.184.216.34", "db.example"):
        with pytest.raises(Refused, match="STUDIOLO_EGRESS"):
            policy.check(host, 443, never)


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_an_odd_spelling_is_refused_before_anybody_is_asked(host: str) -> None:
    for policy in (OPEN, Policy(listed=frozenset({folded(Target(host, 80))}))):
        with pytest.raises(Refused, match="neither a name nor a plainly written IP address"):
            policy.check(host, 80, never)


@pytest.mark.parametrize("port", [-1, 0, 65_536, 99_999])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(Refused, match="from 1 to 65535"):
        OPEN.check("93.184.216.34", port, never)


def test_a_name_without_an_address_is_no_refusal() -> None:
    with pytest.raises(OSError, match="no address"):
        OPEN.check("a.example", 443, lambda _: [])


def test_this_machine_is_refused_by_its_own_public_address_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress.policy, "is_this_machine", lambda address: address == OUTSIDE)
    assert OPEN.check("2606:4700::1111", 443, never) == [OUTSIDE_V6]
    with pytest.raises(Refused):
        OPEN.check("93.184.216.34", 443, never)


@pytest.mark.parametrize("words", ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::", "::1"])
def test_loopback_is_this_machine(words: str) -> None:
    assert is_this_machine(ip_address(words))


@pytest.mark.parametrize("words", ["203.0.113.1", "93.184.216.34", "2001:db8::1", "2606:4700::1111"])
def test_others_are_not_this_machine(words: str) -> None:
    assert not is_this_machine(ip_address(words))


def test_the_system_knows_localhost() -> None:
    assert LOOPBACK in system_resolve("localhost")


@settings(deadline=None)
@given(st.text(max_size=80) | st.from_regex(r"[0-9a-fx.:%\[\]-]{1,40}", fullmatch=True))
def test_no_text_at_all_reaches_loopback(host: str) -> None:
    try:
        addresses = OPEN.check(host, 80, lambda asked: at(OUTSIDE) if is_name(asked) else never(asked))
    except Refused:
        return
    assert LOOPBACK not in addresses


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_a_target_or_told_why_not(words: str) -> None:
    try:
        target = split_target(words)
    except ValueError:
        return
    assert split_target(str(target)) == target
