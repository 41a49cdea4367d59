"""Scenario → real server on 127.0.0.1: what the tests of collect ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network

from aiohttp import web

from monitor.collect.fetch import HttpFetcher
from monitor.config import CollectSettings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def fetcher(*, deadline_s: float = 5, max_body_mb: float = 1, **settings: object) -> HttpFetcher:
    """Build a fetcher that may reach this machine and makes no pauses, unless the settings say otherwise."""
    values = {"allow_networks": (ip_network("127.0.0.0/8"),), "pause_s": 0, **settings}
    return HttpFetcher(
        CollectSettings.model_validate({"deadline_s": deadline_s, "max_body_mb": max_body_mb, **values})
    )


@asynccontextmanager
async def serving(handler: Handler, *, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Run an aiohttp server that answers every path with handler; yield its address, without a slash."""
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def talking(script: Script) -> AsyncIterator[str]:
    """Run a server that sends whatever script writes, be it HTTP or not; yield its address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await script(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side hung up, or the test is over
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
