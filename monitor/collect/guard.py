"""Address → refusal: say which machines must not be connected to, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The first that fits is named. Carrier-grade NAT (RFC 6598) is neither private nor public to Python.
_CARRIER = ip_network("100.64.0.0/10")

# NAT64 (RFC 6052): in networks that speak IPv6 only, every IPv4 server is reached through it.
_NAT64 = IPv6Network("64:ff9b::/96")

_LAST_32_BITS = 0xFFFF_FFFF


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
    wrapped = list(_wrapped(parsed))
    if wrapped:
        return next((why for why in (refusal(str(inner), allowed) for inner in wrapped) if why), None)
    kind = _kind(parsed)
    return f"{address} is {kind} and not in collect.allow_networks" if kind else None


def _wrapped(address: Address) -> Iterator[Address]:
    """Yield the IPv4 addresses that packets to an IPv6 address may end up at."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            yield address.ipv4_mapped
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield from address.teredo
        if address in _NAT64:
            yield IPv4Address(int(address) & _LAST_32_BITS)


def _kind(address: Address) -> str | None:
    """Name what keeps an address from being public."""
    kinds = (
        ("an unspecified address", address.is_unspecified),
        ("a loopback address", address.is_loopback),
        ("a link-local address", address.is_link_local),
        ("a multicast address", address.is_multicast),
        ("a shared address", address in _CARRIER),
        ("a reserved address", address.is_reserved),
        ("a private address", address.is_private or getattr(address, "is_site_local", False)),
    )
    return next((kind for kind, fits in kinds if fits), None)
