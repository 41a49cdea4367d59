"""HttpFetcher, and the whole poll step, against bare aiohttp: unchanged polls (304) per second and core.

Run: python benchmarks/bench_fetch.py [seconds per measurement, default 1.5]. The server is a separate
process that answers every request with 304, so that its work is not counted; the clients' own
processor time is what is divided by. Three rounds, alternating, the best of each. The poll step takes feeds that
are due from a database on disk, asks, and stores when each is due again; as in a daemon, and as the clients beside
it, it has asked every address before.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import aiohttp

from monitor import pipeline
from monitor.collect.fetch import HttpFetcher
from monitor.config import CollectSettings, FeedSettings, Settings
from monitor.pipeline import World
from monitor.read.workers import Workers
from monitor.store import Store, open_store
from monitor.store.rows import to_text, writing

ANSWER = (
    b"HTTP/1.1 304 Not Modified\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\nServer: bench\r\n"
    b'ETag: "a"\r\nCache-Control: max-age=60\r\nVary: Accept-Encoding\r\n\r\n'
)
ETAG, LAST_MODIFIED = '"a"', "Sun, 22 Nov 2026 11:00:00 GMT"
HOSTS = 16  # loopback addresses: each is a host of its own to the fetcher
AT_ONCE = 32
ROUNDS = 3
FEEDS = 4_000

Poll = Callable[[str], Awaitable[int]]


class Unchanged(asyncio.Protocol):
    """Answer 304 to each request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = cast(asyncio.Transport, transport)  # a TCP server's transports can write

    def data_received(self, data: bytes) -> None:
        """A poll is small and comes in one piece."""
        self.transport.write(ANSWER)


def serve(tell: Connection) -> None:
    """Run the server until the process is ended."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Unchanged, "0.0.0.0", 0)  # noqa: S104 - all of 127.0.0.0/8
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def addresses(port: int) -> list[str]:
    """Name the feeds."""
    return [f"http://127.0.0.{1 + number % HOSTS}:{port}/feed/{number}.xml" for number in range(FEEDS)]


async def polls_per_second(poll: Poll, port: int, seconds: float) -> float:
    """Poll with AT_ONCE workers; return answers per second of this process's own processor time."""
    done = 0
    end = time.monotonic() + seconds

    urls = cycle(addresses(port))  # as many as feeds: aiohttp remembers how it wrote an address

    async def work() -> None:
        nonlocal done
        while time.monotonic() < end:
            if await poll(next(urls)) != 304:
                raise SystemExit("the server did not answer 304")
            done += 1

    before = time.process_time()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return done / (time.process_time() - before)


async def bare(port: int, seconds: float) -> float:
    """Measure aiohttp with nothing around it."""
    headers = {"If-None-Match": ETAG, "If-Modified-Since": LAST_MODIFIED}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def poll(url: str) -> int:
            async with session.get(url, headers=headers) as response:
                await response.read()
                return response.status

        return await polls_per_second(poll, port, seconds)


async def ours(port: int, seconds: float) -> float:
    """Measure HttpFetcher with its limits, guard and turns."""
    here = (ip_network("127.0.0.0/8"),)
    settings = CollectSettings(allow_networks=here, requests_at_once=AT_ONCE, pause_s=0)
    async with HttpFetcher(settings) as fetcher:

        async def poll(url: str) -> int:
            return (await fetcher.fetch(url, etag=ETAG, last_modified=LAST_MODIFIED)).status

        return await polls_per_second(poll, port, seconds)


def step(port: int) -> float:
    """Measure pipeline.poll: due, fetch, store, next check, for FEEDS feeds that have no news."""
    settings = Settings(
        collect=CollectSettings(
            allow_networks=(ip_network("127.0.0.0/8"),), requests_at_once=AT_ONCE, requests_per_host=2, pause_s=0
        )
    )
    urls = addresses(port)
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    async def poll(store: Store) -> float:
        async with HttpFetcher(settings.collect) as fetcher:
            world = World(fetcher, Workers(workers=1, deadline_s=1))  # not started: a 304 needs none
            await pipeline.poll(store, world, settings, now=now)
            before = time.process_time()
            count = await pipeline.poll(store, world, settings, now=now + timedelta(hours=24))
            spent = time.process_time() - before
        if count.done != FEEDS:
            raise SystemExit(f"not all feeds were unchanged: {count}")
        return count.done / spent

    with TemporaryDirectory() as folder, open_store(Path(folder) / "bench.db") as store:
        store.feeds.sync([FeedSettings(url=url, name=url[-9:]) for url in urls], now=now)
        with writing(store.db) as conn:
            conn.execute(
                "UPDATE feeds SET etag = ?, last_modified = ?, full_at = ?",
                (ETAG, LAST_MODIFIED, to_text(now - timedelta(hours=1))),
            )
        return asyncio.run(poll(store))


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.5
    context = get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    server = context.Process(target=serve, args=(send,), daemon=True)
    server.start()
    port = receive.recv()
    rounds = [
        (asyncio.run(bare(port, seconds)), asyncio.run(ours(port, seconds)), step(port)) for _ in range(ROUNDS)
    ]
    server.terminate()
    server.join()
    best_bare, best_ours, best_step = map(max, zip(*rounds, strict=True))
    print("| client | unchanged polls per second and core | share of bare aiohttp |")  # noqa: T201 - the result
    print("|---|---:|---:|")  # noqa: T201
    print(f"| aiohttp {aiohttp.__version__}, bare | {best_bare:,.0f} | 1.00 |")  # noqa: T201
    print(f"| monitor HttpFetcher | {best_ours:,.0f} | {best_ours / best_bare:.2f} |")  # noqa: T201
    print(f"| monitor poll, {FEEDS:,} feeds | {best_step:,.0f} | {best_step / best_bare:.2f} |")  # noqa: T201


if __name__ == "__main__":
    main()
