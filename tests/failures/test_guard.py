"""Bombs, endless answers, redirects and addresses that lead inside: the round goes on, and the row says why."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from aiohttp import web

from monitor import pipeline
from monitor.collect.fetch import HttpFetcher
from monitor.config import CollectSettings, FeedSettings, Settings
from monitor.pipeline import World
from monitor.read.workers import Workers
from monitor.store import Store, open_store
from tests.collect.local_server import Script, serving, talking
from tests.collect.one_net import PUBLIC, Names, OneNet
from tests.town import DAY, NOW, Answer, Bench, open_bench

FLOOD = "The dam above the valley broke on Monday.\nSix people died in the flood, the council said on Tuesday."


@pytest.fixture
def bench(tmp_path: Path, workers: Workers) -> Iterator[Bench]:
    """A town whose good feed brings one article, so that a round has something to go on with."""
    with open_bench(tmp_path, workers) as bench:
        bench.publish("/feed", flood=FLOOD)
        yield bench


def poll_beside(bench: Bench, *urls: str, allow: str = "127.0.0.0/8", deadline_s: float = 10) -> dict[str, str]:
    """Poll the good feed and these with a cap of 1 MB; return the trouble on the row of each, all of which fail.

    The good feed is polled in the same round, and its article is there.
    """
    # Without validation: a database that others wrote may hold any address.
    feeds = [FeedSettings.model_construct(url=url, name=url) for url in (f"{bench.base}/feed", *urls)]
    bench.store.feeds.sync(feeds, now=NOW)
    settings = CollectSettings.model_validate(
        {"deadline_s": deadline_s, "max_body_mb": 1, "allow_networks": [allow]}
    )

    async def scenario() -> None:
        async with HttpFetcher(settings) as fetcher:
            world = replace(bench.world, fetcher=fetcher)
            count = await pipeline.poll(bench.store, world, bench.settings, now=NOW)
            assert (count.done, count.failed) == (1, len(urls))

    bench.runner.run(scenario())
    assert bench.rows("SELECT feed_title FROM articles") == [("flood",)]
    assert bench.rows("SELECT last_error FROM feeds WHERE failures = 0 AND listed = 1") == [(None,)]
    return dict(bench.rows("SELECT url, last_error FROM feeds WHERE failures > 0 AND listed = 1"))


def troubles(bench: Bench, *scripts: Script, deadline_s: float = 10) -> list[str]:
    """Poll feeds whose servers follow these scripts, beside the good one; return the trouble on each row."""
    with ExitStack() as stack:
        urls = [stack.enter_context(running(bench, talking(script))) for script in scripts]
        found = poll_beside(bench, *urls, deadline_s=deadline_s)
    return [found[url] for url in urls]


@contextmanager
def running(bench: Bench, server: AbstractAsyncContextManager[str]) -> Iterator[str]:
    """Run a server beside the town's; yield its address."""
    url = bench.runner.run(server.__aenter__())
    try:
        yield url
    finally:
        bench.runner.run(server.__aexit__(None, None, None))


def bomb(encoding: str) -> bytes:
    """Pack 100 MB of zeros into some kilobytes."""
    zeros = b"\0" * 1_000_000
    if encoding == "br":
        packer = brotli.Compressor(quality=5)
        return b"".join(packer.process(zeros) for _ in range(100)) + bytes(packer.finish())
    squeeze = zlib.compressobj(wbits=31 if encoding == "gzip" else zlib.MAX_WBITS)
    return b"".join(squeeze.compress(zeros) for _ in range(100)) + squeeze.flush()


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send a body without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"y" * 65536)
        await writer.drain()


def dripping(start: bytes, piece: bytes) -> Script:
    """Make a script that sends a few bytes at a time, for ever."""

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)

    return drip


async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await asyncio.Event().wait()


def test_case_05_compression_bomb(bench: Bench) -> None:
    """The cap counts what comes out of the packing, while it comes."""
    bombs = {encoding: bomb(encoding) for encoding in ("gzip", "deflate", "br")}

    async def answer(request: web.Request) -> web.Response:
        encoding = request.path[1:]
        return web.Response(body=bombs[encoding], headers={"Content-Encoding": encoding})

    with running(bench, serving(answer)) as base:
        found = poll_beside(bench, *(f"{base}/{encoding}" for encoding in bombs))
    assert set(found.values()) == {"larger than 1 MB"}
    assert len(found) == 3


def test_case_07_endless_body(bench: Bench) -> None:
    """The connection is dropped at the cap, and the next round asks again."""
    assert troubles(bench, endless) == ["larger than 1 MB"]
    assert bench.rows("SELECT failures, next_check_at > last_checked_at FROM feeds WHERE failures > 0") == [(1, 1)]


def test_case_08_slow_drip(bench: Bench) -> None:
    """Headers, a body, or "100 Continue" for ever: the deadline is over the whole request."""
    headers = dripping(b"HTTP/1.1 200 OK\r\nX: ", b"y")
    body = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b"y")
    interim = dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n")
    assert troubles(bench, headers, body, interim, deadline_s=1) == ["no complete answer within 1 s"] * 3


def test_case_10_redirect_loop(bench: Bench) -> None:
    """A circle ends at the second visit, a chain of ever new addresses after five hops."""
    bench.town.answers["/a"] = Answer(status=302, headers={"Location": "/b"})
    bench.town.answers["/b"] = Answer(status=301, headers={"Location": "/a"})
    for hop in range(9):
        bench.town.answers[f"/{hop}"] = Answer(status=302, headers={"Location": f"/{hop + 1}"})
    found = poll_beside(bench, f"{bench.base}/a", f"{bench.base}/0")
    assert found[f"{bench.base}/a"] == f"redirects lead round in a circle, back to {bench.base}/a"
    assert found[f"{bench.base}/0"] == "more than 5 redirects"
    assert sorted(bench.paths()) == ["/0", "/1", "/2", "/3", "/4", "/5", "/a", "/b", "/feed"]


def test_case_11_redirect_to_another_scheme(bench: Bench) -> None:
    """Only http and https are followed; nothing is opened, and the row says where it was to lead."""
    places = (
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1/_x",
        "data:text/xml,x",
        "javascript:1",
    )
    for number, place in enumerate(places):
        bench.town.answers[f"/{number}"] = Answer(status=302, headers={"Location": place})
    found = poll_beside(bench, *(f"{bench.base}/{number}" for number in range(len(places))))
    for number, place in enumerate(places):
        assert found[f"{bench.base}/{number}"] == f"no address of a web page, where it redirects to: {place}"


def test_case_12_redirect_inside(bench: Bench) -> None:
    """Loopback and the cloud's metadata are refused behind a redirect, for feeds and for article pages."""
    inside = {
        "/loopback": "http://127.9.9.9:1234/",
        "/metadata": "http://169.254.169.254/latest/",
        "/mapped": "http://[::ffff:10.0.0.1]/",
    }
    for path, place in inside.items():
        bench.town.answers[path] = Answer(status=302, headers={"Location": place})
    found = poll_beside(bench, *(bench.base + path for path in inside), allow="127.0.0.1/32")
    not_public = "address and not in collect.allow_networks"
    assert found == {
        f"{bench.base}/loopback": f"refused: 127.9.9.9 is a loopback {not_public}",
        f"{bench.base}/metadata": f"refused: 169.254.169.254 is a cloud metadata {not_public}",
        f"{bench.base}/mapped": f"refused: 10.0.0.1 is a private {not_public}",
    }
    bench.town.answers["/flood"] = Answer(status=302, headers={"Location": inside["/metadata"]})
    assert bench.read(NOW + DAY).failed == 1
    assert bench.rows("SELECT state, tries, last_error FROM articles") == [
        ("failed", 1, f"refused: 169.254.169.254 is a cloud metadata {not_public}")
    ]


def test_case_13_dns_rebinding(tmp_path: Path, workers: Workers) -> None:
    """A name that was public when it was looked up first and is private now is not connected to.

    Where a name has both sorts of addresses, the public one is used.
    """
    names = Names({"rebind.example": [[PUBLIC], ["127.0.0.1"], ["10.0.0.1", PUBLIC]]})
    feeds = [FeedSettings(url=f"http://rebind.example:{port}/feed", name=str(port)) for port in (8001, 8002, 8003)]
    item = "<item><title>Flood</title><link>/flood</link></item>"
    rss = f"<rss version='2.0'><channel><title>t</title>{item}</channel></rss>"

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=rss, content_type="text/xml", headers={"Connection": "close"})

    async def scenario(store: Store) -> list[str]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, OneNet)
        async with serving(answer) as site, HttpFetcher(CollectSettings(), names=names) as fetcher:
            loop.leads_to = int(site.rpartition(":")[2])
            for number in range(1, 4):  # one more feed each time, so that the name is looked up in this order
                store.feeds.sync(feeds[:number], now=NOW)
                await pipeline.poll(store, World(fetcher, workers), Settings(), now=NOW)
        return loop.connected

    with asyncio.Runner(loop_factory=OneNet) as runner, open_store(tmp_path / "monitor.db") as store:
        assert runner.run(scenario(store)) == [PUBLIC, PUBLIC]
        assert [row["last_error"] for row in store.db.query("SELECT last_error FROM feeds ORDER BY url")] == [
            None,
            "refused: 127.0.0.1 is a loopback address and not in collect.allow_networks",
            None,
        ]
        assert store.count("entries") == 2


def test_case_14_local_path_as_feed(bench: Bench, tmp_path: Path) -> None:
    """A path, or what looks like one, is no address of a web page; no file is read."""
    secret = tmp_path / "secret.xml"
    secret.write_text(
        "<rss><channel><item><title>secret</title><link>http://a.example/</link></item></channel></rss>"
    )
    for number, place in enumerate((secret.as_uri(), f"file:{secret}")):
        bench.town.answers[f"/{number}"] = Answer(status=302, headers={"Location": place})
    found = poll_beside(bench, str(secret), secret.as_uri(), f"{bench.base}/0", f"{bench.base}/1")
    assert len(found) == 4
    assert all(why.startswith("no address of a web page") for why in found.values())
    assert bench.rows("SELECT count(*) FROM articles") == [(1,)]
