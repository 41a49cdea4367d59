"""Newspapers with hosts of their own on one real server: what addresses lead to, for the tests of identity."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from email.utils import format_datetime
from html import escape
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.collect.fetch import HttpFetcher
from monitor.collect.hosts import Asked
from monitor.config import CollectSettings, FeedSettings
from monitor.pipeline import Models, World
from monitor.read.workers import Workers
from monitor.store import open_store
from tests.collect.local_server import serving
from tests.judge.fake_model import FakeModel
from tests.read.news_pages import news_page
from tests.town import NOW, Answer, Bench, Town

FLOOD = (
    "The dam above the valley broke on Monday night after three days of rain, and water reached the town at dawn.",
    "Six people died in the flood, the council said on Tuesday, and forty houses by the river cannot be lived in.",
    "All roads into the valley are closed until Friday; the army brings water, bread and blankets by helicopter.",
    "The mayor told the council that the wall had been looked at in spring, and that nobody had seen a crack.",
    "Engineers from the capital are to arrive this week; until they have reported, nobody may go near the wall.",
)
MARKET = (
    "The weekly market moves from the church square to the old station next month, traders were told on Thursday.",
    "Most of them welcome it, because lorries can turn there and the roof keeps off the rain in winter.",
    "Others fear for their regular customers, who come on foot and would have to cross the main road.",
    "The town promises a crossing with lights, and wants to ask again when the first winter there is over.",
    "Until then the fishmonger and the baker stay where they have stood for longer than anybody recalls.",
)


class Loopback(AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the one answer."""
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


class Press(Town):
    """Answers by host and path, as www.valley-post.com/flood; asked holds these too."""

    async def answer(self, request: web.Request) -> web.Response:
        """Say what stands at the address; 404 where nothing does."""
        address = f"{urlsplit(str(request.url)).hostname}{request.path_qs}"
        here = self.answers.get(address, Answer(status=404))
        self.asked.append((address, here.status))
        return web.Response(
            status=here.status, text=here.body, content_type="text/html", headers=dict(here.headers)
        )


class Newsstand:
    """A bench, and shorthands to publish on it; addresses are written without scheme and port."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._port = urlsplit(bench.base).port
        self._feeds: dict[str, str] = {}

    def url(self, address: str) -> str:
        """Return the whole address."""
        host, slash, path = address.partition("/")
        return f"http://{host}:{self._port}{slash}{path}"

    def feed(self, address: str, *items: str) -> None:
        """Put an RSS feed of these items at an address, and list it."""
        self.body(address, f'<rss version="2.0"><channel><title>Post</title>{"".join(items)}</channel></rss>')

    def body(self, address: str, body: str) -> None:
        """Put anything in a feed's place, and list it."""
        self.bench.town.answers[address] = Answer(body)
        self._feeds[address] = self.url(address)
        self.list_feeds(*self._feeds)

    def list_feeds(self, *addresses: str) -> None:
        """Make these the feeds of the config."""
        listed = [FeedSettings(url=self.url(one), name=one[-12:]) for one in addresses]
        self.bench.store.feeds.sync(listed, now=NOW)

    def item(
        self, link: str, *, guid: str | None = None, title: str = "Flood", date: datetime | str | None = None
    ) -> str:
        """Write an item. link: an address of the press, or anything with a colon or a leading slash as it is."""
        whole = link if ":" in link or link.startswith("/") else self.url(link)
        parts = [f"<title>{escape(title)}</title><link>{escape(whole)}</link>"]
        if guid:
            parts.append(f'<guid isPermaLink="false">{escape(guid)}</guid>')
        if date:
            written = date if isinstance(date, str) else format_datetime(date)
            parts.append(f"<pubDate>{escape(written)}</pubDate>")
        return f"<item>{''.join(parts)}</item>"

    def page(
        self, address: str, *paragraphs: str, title: str = "Flood", head: str = "", date: bool = True
    ) -> None:
        """Put an article at an address."""
        body = news_page(*paragraphs, headline=title, head=head)
        undated = body.replace("2024-10-08T18:30:00+02:00", "").replace("8 October 2024", "")
        self.bench.town.answers[address] = Answer(body if date else undated)

    def canonical(self, address: str) -> str:
        """Write what a page says its address is."""
        return f'<link rel="canonical" href="{self.url(address)}">'

    def redirect(self, address: str, to: str) -> None:
        """Let an address lead to another."""
        self.bench.town.answers[address] = Answer(status=301, headers={"Location": self.url(to)})

    def asked(self) -> list[str]:
        """Return the article addresses that were asked since the last time, and forget them."""
        return [address for address in self.bench.paths() if address not in self._feeds]

    def states(self) -> dict[str, int]:
        """Count the articles in each state."""
        return self.bench.store.articles.states()


@contextmanager
def open_newsstand(folder: Path, workers: Workers) -> Iterator[Newsstand]:
    """Start the press's server and open a store in a folder."""
    press, stack, fake = Press(), AsyncExitStack(), FakeModel()
    asked: list[Asked] = []
    collect = CollectSettings(
        requests_per_host=1, deadline_s=5, pause_s=0, robots=False, allow_networks=(ip_network("127.0.0.0/8"),)
    )
    with asyncio.Runner() as runner, open_store(folder / "monitor.db") as store:
        base = runner.run(stack.enter_async_context(serving(press.answer)))
        fetcher = runner.run(stack.enter_async_context(HttpFetcher(collect, names=Loopback(), told=asked.append)))
        bench = Bench(runner, press, base, store, World(fetcher, workers), Models(fake, fake), collect, asked)
        yield Newsstand(bench)
        runner.run(stack.aclose())
