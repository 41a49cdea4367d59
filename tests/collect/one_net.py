"""A network in which every address is this machine: what a request reaches once the guard lets it go."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.collect.fetch import HttpFetcher
from monitor.config import CollectSettings
from monitor.errors import FetchError
from monitor.feed_records import Page
from tests.collect.local_server import serving

EVERYTHING = ("0.0.0.0/0", "::/0")
PUBLIC = "9.9.9.9"


class Names(AbstractResolver):
    """A name server under control: each question about a name gets its next answer, the last for ever."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._answers = {name: list(rounds) for name, rounds in answers.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the next answer."""
        rounds = self._answers.get(host, [])
        addresses = rounds.pop(0) if len(rounds) > 1 else rounds[0] if rounds else ()
        return [
            ResolveResult(hostname=host, host=address, port=port, family=_family(address), proto=0, flags=0)
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


class OneNet(asyncio.SelectorEventLoop):
    """An event loop whose connections all lead to one port here, and that notes where they were to go."""

    def __init__(self) -> None:
        super().__init__()
        self.leads_to = 0
        self.connected: list[str] = []

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:  # Any: as asyncio has it
        """Connect to the one port. The socket was made for the address: the guard has let it go."""
        self.connected.append(address[0])
        here = "::ffff:127.0.0.1" if sock.family == socket.AF_INET6 else "127.0.0.1"
        await super().sock_connect(sock, (here, self.leads_to))


@dataclass(frozen=True, slots=True)
class Trip:
    """What became of a request. arrived: Host headers and paths that the server saw; connected: the addresses."""

    page: Page | None
    error: FetchError | None
    arrived: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)


def travel(
    url: str,
    *,
    allow: Sequence[str] = (),
    names: Mapping[str, Sequence[Sequence[str]]] | None = None,
    redirects: Mapping[str, str] | None = None,
) -> Trip:
    """Fetch an address on the one net. redirects: "host/path" as it arrives → Location."""
    arrived: list[str] = []
    leads = redirects or {}

    async def answer(request: web.Request) -> web.Response:
        arrived.append(f"{request.host}{request.path}")
        location = leads.get(arrived[-1])
        close = {"Connection": "close"}
        if location is None:
            return web.Response(text="inside", headers=close)
        return web.Response(status=302, headers={"Location": location, **close})

    async def scenario() -> Trip:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, OneNet)
        settings = CollectSettings(allow_networks=tuple(map(ip_network, allow)), deadline_s=5)
        async with serving(answer) as site, HttpFetcher(settings, names=Names(names or {})) as fetcher:
            loop.leads_to = int(site.rpartition(":")[2])
            try:
                return Trip(await fetcher.fetch(url), None, arrived, loop.connected)
            except FetchError as error:
                return Trip(None, error, arrived, loop.connected)

    with asyncio.Runner(loop_factory=OneNet) as runner:
        return runner.run(scenario())


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
