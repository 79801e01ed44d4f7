"""Public is what belongs to the internet at large; what carries another address is not, whatever it carries."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egress.addresses import is_public


def words_of(text: str) -> list[str]:
    return text.split()


PUBLIC = words_of("""
    1.1.1.1 8.8.8.8 93.184.216.34 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
    168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0
    192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0
    203.0.112.255 203.0.114.0 223.255.255.255 2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450:4001::200e
    2001:200:: 2003::1 2620:4f:8000::1
""")
NOT_PUBLIC = words_of("""
    0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.0 127.0.0.1
    127.255.255.255 168.63.129.16 169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0
    192.0.0.9 192.0.0.192 192.0.0.255 192.0.2.1 192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255
    198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.254 255.255.255.255
    :: ::1 ::2 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::8.8.8.8 64:ff9b::8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::1
    64:ff9b:1:ffff:ffff:ffff:ffff:ffff 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1
    2001:20::1 2001:1ff:ffff::1 2001:db8::1 2002:808:808::1 2002:7f00:1:: 3ffe::1 3fff::1 3fff:fff::1 5f00::1 4000::1
    2606:4700::5efe:8.8.8.8 2606:4700::200:5efe:8.8.8.8 fe80::5efe:10.0.0.1 fc00::1 fd00:ec2::254 fd20:ce::254 fe80::1
    fe80::1%eth0 fec0::1 feff::1 ff02::1 ff0e::1 2606:4700:4700::1111%eth0 2606:4700:4700::1111%1
""")
V4 = st.one_of(st.integers(0, 2**32 - 1).map(IPv4Address), st.sampled_from([ip_address(w) for w in NOT_PUBLIC[:34]]))


@pytest.mark.parametrize("words", PUBLIC)
def test_is_public(words: str) -> None:
    assert is_public(ip_address(words))


@pytest.mark.parametrize("words", NOT_PUBLIC)
def test_is_not_public(words: str) -> None:
    assert not is_public(ip_address(words))


def carriers(address: int) -> list[int]:
    """Every translation's form of an IPv4 address."""
    return [
        address,
        0xFFFF << 32 | address,  # mapped
        0xFFFF << 48 | address,  # translated, RFC 2765
        0x0064_FF9B << 96 | address,  # NAT64
        0x0064_FF9B_0001 << 80 | address,
        0x0064_FF9B_0001 << 80 | (address >> 16) << 64 | (address & 0xFFFF) << 40,  # its forms with other lengths
        0x2002 << 112 | address << 80,  # 6to4
        0x2001_0000 << 96 | address << 64,  # Teredo's server
        0x2001_0000 << 96 | (address ^ 0xFFFF_FFFF),  # and its client
        0x2606_4700 << 96 | 0x0000_5EFE << 32 | address,  # ISATAP
        0x2606_4700 << 96 | 0x0200_5EFE << 32 | address,
        0xFE80 << 112 | 0x0000_5EFE << 32 | address,
    ]


@settings(deadline=None)
@given(V4)
def test_no_form_of_any_ipv4_address_within_ipv6_is_public(address: IPv4Address) -> None:
    assert not any(is_public(IPv6Address(carrier)) for carrier in carriers(int(address)))


@settings(deadline=None)
@given(
    st.one_of(
        V4, st.integers(0x2 << 124, (0x4 << 124) - 1).map(IPv6Address), st.integers(0, 2**128 - 1).map(IPv6Address)
    )
)
def test_what_is_public_is_so_to_the_standard_library_too(address: IPv4Address | IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not any([address.is_multicast, address.is_reserved, address.is_private, address.is_link_local])
