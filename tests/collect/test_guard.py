"""Which machines must not be connected to."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_network

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.connector import AddressRefusedError, GuardedConnector, GuardedResolver
from monitor.collect.guard import refusal
from tests.collect.local_server import serving


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "unspecified"),  # noqa: S104 - an address to refuse, not to listen on
        ("::", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("fd00::1", "private"),
        ("fec0::1", "private"),
        ("169.254.169.254", "cloud metadata"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("100.64.0.1", "shared"),
        ("100.127.255.255", "shared"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("ff02::1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("0.1.2.3", "private"),
        ("192.0.2.1", "documentation"),
        ("198.18.0.1", "benchmarking"),
        ("2001:db8::1", "documentation"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:10.0.0.1", "private"),
        ("::ffff:169.254.169.254", "cloud metadata"),
        ("64:ff9b::127.0.0.1", "loopback"),
        ("64:ff9b::a9fe:a9fe", "cloud metadata"),
        ("64:ff9b:1::1", "reserved"),
        ("2002:7f00:1::", "loopback"),
        ("2002:c0a8:101::1", "private"),
        ("2001:0:7f00:1::", "loopback"),
        (f"2001:0:808:808::{0xF5FF_FFFE >> 16:x}:{0xF5FF_FFFE & 0xFFFF:x}", "private"),
        ("::127.0.0.1", "reserved"),
        ("localhost", "no IP address"),
        ("", "no IP address"),
        ("127.1", "no IP address"),
    ],
)
def test_addresses_that_are_not_public_are_refused_with_a_reason(address: str, kind: str) -> None:
    """Case 12: the cloud's metadata address and the printer next door are not news."""
    why = refusal(address)
    assert why is not None
    assert kind in why


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"),
        *("2002:808:808::1", f"2001:0:808:808::{0xF7F7_F7F7 >> 16:x}:{0xF7F7_F7F7 & 0xFFFF:x}"),
    ],
)
def test_public_addresses_are_reached_also_through_nat64(address: str) -> None:
    """In a network that speaks IPv6 only, every news site is reached through such an address."""
    assert refusal(address) is None


def test_an_allowed_network_covers_its_own_addresses_in_every_spelling_and_no_others() -> None:
    """The config allows a range, not the guard's absence."""
    allow = [ip_network("127.0.0.0/8"), ip_network("fd00::/8")]
    assert [refusal(address, allow) for address in ("127.0.0.1", "::ffff:127.9.9.9", "fd00::1")] == [None] * 3
    assert all(refusal(address, allow) for address in ("10.0.0.1", "::1", "fe80::1", "::ffff:10.0.0.1"))


@given(st.ip_addresses(v=4))
def test_wrapping_never_opens_a_door(address: IPv4Address) -> None:
    """What is refused by itself is refused in every wrapping; what is public stays so."""
    for wrapped in (
        IPv6Address(0xFFFF_0000_0000 + int(address)),
        IPv6Address((0x64_FF9B << 96) + int(address)),
        IPv6Address((0x2002 << 112) + (int(address) << 80)),
    ):
        assert bool(refusal(str(wrapped))) == bool(refusal(str(address)))


class Names(AbstractResolver):
    """A name server whose answers change with each question, as in DNS rebinding."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.is_closed = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the next answer."""
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.answers.pop(0)
        ]

    async def close(self) -> None:
        """Note that the guard passes this on."""
        self.is_closed = True


def test_a_name_keeps_its_public_addresses_only() -> None:
    """One private address among public ones is left out; a name with none left is refused."""

    async def scenario() -> None:
        guarded = GuardedResolver(Names(["10.0.0.1", "8.8.8.8"], ["10.0.0.1", "::1"], []), ())
        assert [result["host"] for result in await guarded.resolve("news.example")] == ["8.8.8.8"]
        with pytest.raises(AddressRefusedError, match=r"10\.0\.0\.1 is a private .*; ::1 is a loopback"):
            await guarded.resolve("news.example")
        with pytest.raises(OSError, match="no address is known"):
            await guarded.resolve("news.example")

    asyncio.run(scenario())


def test_a_name_that_turns_to_a_private_address_later_is_refused_then() -> None:
    """Case 13, DNS rebinding: each connection is made to an address that was checked for it."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="ok", headers={"Connection": "close"})

    async def scenario() -> None:
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        async with serving(answer) as site:
            url = f"http://news.example:{site.rpartition(':')[2]}/"
            connector = GuardedConnector(allow_networks=[ip_network("127.0.0.1/32")], limit=2, names=names)
            async with aiohttp.ClientSession(connector=connector) as session:
                async with session.get(url) as response:
                    assert await response.text() == "ok"
                connector.clear_dns_cache()
                with pytest.raises(aiohttp.ClientConnectorError) as caught:
                    await session.get(url)
        assert isinstance(caught.value.os_error, AddressRefusedError)
        assert names.is_closed

    asyncio.run(scenario())
