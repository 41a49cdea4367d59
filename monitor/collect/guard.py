"""Address → refusal: say which machines and ports must not be connected to, and why."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Python's own properties change from release to release (3.11 calls 192.0.0.192 and 3fff::1 global), so what is
# not public stands here, after IANA's special-purpose registries. The first that fits is named.
_KINDS: tuple[tuple[str, tuple[Network, ...]], ...] = tuple(
    (kind, tuple(map(ip_network, networks.split())))
    for kind, networks in (
        ("an unspecified address", "0.0.0.0/32 ::/128"),
        ("a loopback address", "127.0.0.0/8 ::1/128"),
        # EC2, Azure, Alibaba and Oracle; Azure's is a public number.
        (
            "a cloud metadata address",
            "169.254.169.254/32 fd00:ec2::254/128 168.63.129.16/32 100.100.100.200/32 192.0.0.192/32",
        ),
        ("a link-local address", "169.254.0.0/16 fe80::/10"),
        ("a multicast address", "224.0.0.0/4 ff00::/8"),
        ("a shared address", "100.64.0.0/10"),  # carrier-grade NAT, RFC 6598
        ("a documentation address", "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"),
        ("a benchmarking address", "198.18.0.0/15 2001:2::/48"),
        ("a private address", "0.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"),
        ("a reserved address", "192.0.0.0/24 192.88.99.0/24 240.0.0.0/4 2001::/23"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291: all other IPv6 addresses are set aside

# Wrappings of an IPv4 address that is reached through them, so that it alone counts. NAT64 (RFC 6052): in networks
# that speak IPv6 only, every IPv4 server has such an address.
_MAPPED, _NAT64 = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")
_6TO4, _TEREDO = IPv6Network("2002::/16"), IPv6Network("2001::/32")
_ISATAP = frozenset(
    {0x0000_5EFE, 0x0200_5EFE}
)  # how an interface id begins that ends in an IPv4 address, RFC 5214
_LAST_32_BITS = 0xFFFF_FFFF

# "Bad ports" of https://fetch.spec.whatwg.org/#port-blocking: mail, chat and file servers, which a request could
# command. No browser asks these, so no page of news is there.
# fmt: off
_NO_WEB_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
    109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
    526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
    3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
})
# fmt: on


def refusal(address: str, allow_networks: Iterable[Network] = ()) -> str | None:
    """Say why an address must not be connected to; None if it may be.

    address: an IP address as text. Refused is all that is not on the public internet: private,
    loopback, link-local, shared, multicast and reserved addresses, also where one is wrapped in
    an IPv6 address. allow_networks: may be reached all the same.
    """
    try:
        parsed = ip_address(address.partition("%")[0])  # fe80::1%eth0 names the network card too
    except ValueError:
        return f"{address} is no IP address"
    allowed = tuple(allow_networks)
    if any(parsed in network for network in allowed):
        return None
    kind = _kind(parsed)
    if kind:
        return f"{address} is {kind} and not in collect.allow_networks"
    return next((why for inner in _wrapped(parsed) if (why := refusal(str(inner), allowed))), None)


def port_refusal(port: int) -> str | None:
    """Say why no request goes to a port; None if one may. Refused are those that no browser asks."""
    return f"port {port} is not one of the web" if port in _NO_WEB_PORTS else None


def ipv4_of(host: str) -> str | None:
    """Return the address that a host written as a number stands for; None if it is a name or an IPv6 address.

    As browsers read it (https://url.spec.whatwg.org/#ends-in-a-number-checker): 2130706433, 0x7f.1, 0177.0.0.1 and
    127.1 are 127.0.0.1, with full-width digits too. Other readers disagree on these.
    Raises ValueError for a number that is no address.
    """
    parts = unicodedata.normalize("NFKC", host).replace("。", ".").removesuffix(".").split(".")
    if ":" in host or not _is_number(parts[-1]):
        return None
    *leading, last = map(_number, parts)
    if len(leading) > 3 or any(part > 255 for part in leading) or last >= 256 ** (4 - len(leading)):
        raise ValueError(f"no address: {host[:80]}")
    return str(IPv4Address(last + sum(part << 8 * (3 - place) for place, part in enumerate(leading))))


def _is_number(part: str) -> bool:
    return part.isascii() and (part.isdigit() or (part[:2].lower() == "0x" and _is_hexadecimal(part[2:])))


def _is_hexadecimal(digits: str) -> bool:
    return set(digits.lower()) <= set("0123456789abcdef")


def _number(part: str) -> int:
    if part[:2].lower() == "0x" and _is_hexadecimal(part[2:]):
        return int(part[2:] or "0", 16)
    if not (part.isascii() and part.isdigit()) or len(part) > 20:
        raise ValueError(f"no number: {part[:20]}")
    return int(part, 8 if part[0] == "0" else 10)


def _wrapped(address: Address) -> Iterator[Address]:
    """Yield the IPv4 addresses that packets to an IPv6 address may end up at."""
    if isinstance(address, IPv6Address):
        number = int(address)
        if address.ipv4_mapped:
            yield address.ipv4_mapped
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield from address.teredo
        if address in _NAT64 or number >> 32 & _LAST_32_BITS in _ISATAP:
            yield IPv4Address(number & _LAST_32_BITS)


def _kind(address: Address) -> str | None:
    """Name what keeps an address from being public; a mere wrapping has no kind of its own."""
    if any(address in wrapping for wrapping in (_MAPPED, _NAT64, _6TO4, _TEREDO)):
        return None
    known = next((kind for kind, networks in _KINDS if any(address in network for network in networks)), None)
    is_set_aside = isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST
    return known or ("a reserved address" if is_set_aside else None)
