"""What this machine knows: the addresses of a name, and which addresses are its own."""

import socket
from ipaddress import ip_address

from egress.addresses import Address


def system_resolve(host: str) -> list[Address]:
    """Ask the system for every address of a name. Raises OSError where it has none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(place[0]) for *_, place in found))


def is_this_machine(address: Address) -> bool:
    """Tell whether a connection to `address` would stay on this machine. Nothing is sent."""
    if address.is_loopback or address.is_unspecified:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            # To an address of its own the kernel goes from that same address.
            probe.connect((str(address), 9))
            return bool(ip_address(probe.getsockname()[0]) == address)
    except OSError:
        return False
