"""A host and a port, and the spellings of them that are taken."""

import re
from ipaddress import ip_address
from typing import NamedTuple

from egress.addresses import Address

MAX_PORT = 65_535
MAX_NAME = 253

_TARGET = re.compile(r"(?:\[(?P<literal>[^\[\]]*:[^\[\]]*)\]|(?P<host>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
# What ends in a number is an IPv4 address to a browser (WHATWG URL, "ends in a number") and to the C library.
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


class Target(NamedTuple):
    """Where a connection leads; an IPv6 host stands without its brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def split_target(words: str, default_port: int | None = None) -> Target:
    """Take `HOST:PORT` apart, with an IPv6 host in brackets. Raises ValueError with a sentence."""
    found = _TARGET.fullmatch(words)
    if found is None:
        raise ValueError(f"{words[:80]!a} is not HOST:PORT: write example.com:443 or [2606:4700::1111]:443.")
    host = found["literal"] or found["host"]
    if found["port"] is None and default_port is None:
        raise ValueError(f"{words[:80]!a} has no port: write {Target(host[:80], 443)}, for instance.")
    return Target(host, int(found["port"] or default_port or 0))


def folded(target: Target) -> Target:
    """Return the one spelling under which equal targets are found: no case, no last dot, the usual form of an
    address. Nothing else is folded: `localhost` is not `127.0.0.1`.
    """
    literal = literal_of(target.host)
    return Target(target.host.lower().removesuffix(".") if literal is None else str(literal), target.port)


def literal_of(host: str) -> Address | None:
    """Return the address that `host` spells in its plain form (four decimal numbers, or IPv6), else None."""
    try:
        # A zone may be any text at all, and stands in what is said of a target.
        return ip_address(host) if len(host) <= MAX_NAME and host.isascii() and host.isprintable() else None
    except ValueError:
        return None


def is_name(host: str) -> bool:
    """Tell whether `host` is a name to look up, and no spelling of a number such as 0x7f.1, 127.1 or 2130706433."""
    labels = host.removesuffix(".").split(".")
    is_spelled = len(host) <= MAX_NAME and all(_LABEL.fullmatch(label) for label in labels)
    return is_spelled and not _NUMBER.fullmatch(labels[-1])
