"""Where a connection may lead: the words of STUDIOLO_EGRESS, and the verdict on a host and a port."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from egress.addresses import Address, is_public
from egress.system import is_this_machine
from egress.targets import MAX_PORT, Target, folded, is_name, literal_of, split_target

Resolve = Callable[[str], list[Address]]

_PUBLIC, _NONE = "public", "none"


class Refused(Exception):
    """The policy does not let a connection go there; `reason` says why, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Policy:
    """Every public address, or none, and the listed targets besides, wherever those are."""

    is_public_open: bool = True
    listed: frozenset[Target] = frozenset()

    @classmethod
    def of(cls, words: str) -> Self:
        """Read `public` or `none`, and HOST:PORT any number of times, separated by commas. A list without either
        word stands beside `public`. Raises ValueError with a sentence.
        """
        parts = [part.strip() for part in words.split(",") if part.strip()]
        if not parts:
            raise ValueError("Nothing is said: write public, none, or HOST:PORT separated by commas.")
        if {_PUBLIC, _NONE} <= set(parts):
            raise ValueError("public and none exclude each other: keep one of them.")
        return cls(_NONE not in parts, frozenset(_listed(part) for part in parts if part not in {_PUBLIC, _NONE}))

    def allows_by_name(self, host: str, port: int) -> bool:
        """Tell whether the list has this host and port, so that it may be at any address."""
        return folded(Target(host, port)) in self.listed

    def check(self, host: str, port: int, resolve: Resolve) -> list[Address]:
        """Answer the addresses to connect to. A name is resolved here, once: connect to one of these and ask nobody
        again. Raises Refused, and OSError where the name has no address.
        """
        target = Target(host, port)
        _refuse_misspelled(target)
        is_listed = self.allows_by_name(host, port)
        if not is_listed and not self.is_public_open:
            raise Refused(f"{target} is not listed, and nothing else may be reached. {_cure(target)}")
        addresses = _addresses_of(host, resolve)
        # One address that is not public spoils all: whoever answers for the name could let the good one fail.
        if not is_listed and not all(_is_outside(address) for address in addresses):
            # Which address it is stays untold: the page that asks could read the names of a network with it.
            raise Refused(f"{target} is not at a public address. {_cure(target)}")
        return addresses


def _listed(part: str) -> Target:
    target = split_target(part)
    try:
        _refuse_misspelled(target)
    except Refused as refused:
        raise ValueError(refused.reason) from None
    return folded(target)


def _refuse_misspelled(target: Target) -> None:
    if not 0 < target.port <= MAX_PORT:
        raise Refused(f"{target.port} is no port: they go from 1 to {MAX_PORT}.")
    if literal_of(target.host) is None and not is_name(target.host):
        raise Refused(f"{target.host[:80]!a} is neither a name nor a plainly written IP address: write one of them.")


def _addresses_of(host: str, resolve: Resolve) -> list[Address]:
    literal = literal_of(host)
    addresses = resolve(host) if literal is None else [literal]
    if not addresses:
        raise OSError(f"{host} has no address")
    return addresses


def _is_outside(address: Address) -> bool:
    # A server's own public address leads past its firewall, to whatever listens on all of its addresses.
    return is_public(address) and not is_this_machine(address)


def _cure(target: Target) -> str:
    return f"Whoever hosts Studiolo can allow it: add {target} to STUDIOLO_EGRESS, after a comma."
