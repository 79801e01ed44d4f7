"""Which IP addresses are public: the whole internet's, and nobody's own network, machine or cloud."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

# IANA's special-purpose registry (RFC 6890 and later), as a list of our own: what `ipaddress` calls global changes
# between releases of Python, and counts multicast and several translations in.
_NOT_PUBLIC_V4 = [
    IPv4Network(words)
    for words in (
        "0.0.0.0/8",  # this network; 0.0.0.0 connects to this machine
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT; a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's metadata under a public number
        "169.254.0.0/16",  # link-local; most clouds' metadata at 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation, as the two more below
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
# All that is given out for general use today. Mapped (::ffff:0:0/96), compatible (::/96), NAT64 (64:ff9b::/96 and
# 64:ff9b:1::/48), unique local, link-local, site-local and multicast addresses lie outside.
_GIVEN_OUT_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = [
    IPv6Network(words)
    for words in (
        "2001::/23",  # protocols' own: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3ffe::/16",  # a test network, given back
        "3fff::/20",  # documentation
    )
]
_ISATAP = {0x0000_5EFE, 0x0200_5EFE}  # RFC 5214: the upper half of an interface id that holds an IPv4 address


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the internet at large.

    An IPv6 address that carries an IPv4 one is not, whatever it carries: where it comes out is for a translator to
    say. Neither is one with a zone.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    return address.scope_id is None and address in _GIVEN_OUT_V6 and not _is_special(address)


def _is_special(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP or any(address in network for network in _NOT_PUBLIC_V6)
