"""A flooded town's press on a real small server: what is asked there and stored, for the tests of single steps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from aiohttp import web

from monitor import pipeline
from monitor.collect.fetch import HttpFetcher
from monitor.collect.hosts import Asked
from monitor.config import CollectSettings, FeedSettings, ReadSettings, Settings
from monitor.pipeline import Models, World
from monitor.read.workers import Workers
from monitor.records import Baseline, Claim, StepCount
from monitor.store import Store, open_store
from tests.collect.local_server import serving
from tests.judge.fake_model import FakeModel
from tests.read.news_pages import news_page

NOW = datetime(2026, 11, 22, 6, 4, 20, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAM = Claim("C1", "The dam above the valley broke on Monday.", "en")
DEAD = Claim("C2", "Six people died in the flood.", "en")
MAYOR = Claim("C3", "The mayor knew of the cracks in the wall.", "en")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says at an address. etag: whoever sends it back is told 304."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None


class Town:
    """The server: answers by path, and the paths that were asked, in order, with the status each got.

    heard: the headers of each of these requests. scripts: answers by path that are made when they are asked for.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, int]] = []
        self.heard: list[Mapping[str, str]] = []
        self.scripts: dict[str, Callable[[], Answer]] = {}

    async def answer(self, request: web.Request) -> web.Response:
        """Say what stands at the path; 404 where nothing does."""
        self.heard.append(request.headers)
        script = self.scripts.get(request.path_qs)
        here = script() if script else self.answers.get(request.path_qs, Answer(status=404))
        known = here.etag is not None and request.headers.get("If-None-Match") == here.etag
        # A 304 ought to repeat the ETag; many servers leave it out.
        headers = dict(here.headers) | ({"ETag": here.etag} if here.etag and not known else {})
        status = 304 if known else here.status
        self.asked.append((request.path_qs, status))
        kind = "text/html" if here.body.startswith("<") else "application/feed+json"
        return web.Response(status=status, text="" if known else here.body, content_type=kind, headers=headers)


@dataclass(frozen=True, slots=True)
class Bench:
    """A store, a world and the town in it; each step can be run by itself, at a time of one's choice."""

    runner: asyncio.Runner
    town: Town
    base: str
    store: Store
    world: World
    models: Models
    collect: CollectSettings
    asked: list[Asked]

    @property
    def settings(self) -> Settings:
        """Settings of the steps, with two tries for an article."""
        return Settings(collect=self.collect, read=ReadSettings(tries=2))

    def poll(self, now: datetime = NOW, **more: Any) -> StepCount:
        """Run the step at a moment."""
        return self.runner.run(pipeline.poll(self.store, self.world, self.settings, now=now, **more))

    def read(self, now: datetime = NOW, **more: Any) -> StepCount:
        """Run the step at a moment."""
        return self.runner.run(pipeline.read(self.store, self.world, self.settings, now=now, **more))

    def embed(self, **more: Any) -> StepCount:
        """Run the step."""
        return pipeline.embed(self.store, self.models, **more)

    def judge(self, now: datetime = NOW, **more: Any) -> StepCount:
        """Run the step at a moment."""
        return pipeline.judge(self.store, self.models, now=now, **more)

    def publish(self, feed: str, **articles: str) -> None:
        """Put a feed at a path and list it; each article is a name and its text, sentences as paragraphs.

        An article without a text is in the feed only.
        """
        rows = [{"id": f"{feed}-{name}", "url": f"{self.base}/{name}", "title": name} for name in articles]
        self.town.answers[feed] = Answer(
            json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": feed, "items": rows})
        )
        for name, text in articles.items():
            if text:
                self.town.answers[f"/{name}"] = Answer(news_page(*text.split("\n"), headline=f"The {name} story"))
        listed = [self.base + path for path in self.town.answers if path.startswith("/feed")]
        self.store.feeds.sync([FeedSettings(url=url, name=url[-6:]) for url in listed], now=NOW)

    def watch(self, *claims: Claim, now: datetime = NOW) -> None:
        """Make these the claims of the baseline."""
        self.store.claims.sync(Baseline("The flood", "en", "2026-11", None, claims), now=now)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        return self.store.db.conn.execute(sql).fetchall()

    def paths(self) -> list[str]:
        """Return the paths that were asked since the last time, and forget them."""
        asked = [path for path, _ in self.town.asked]
        self.town.asked.clear()
        return asked


@contextmanager
def open_bench(folder: Path, workers: Workers, **collect_more: object) -> Iterator[Bench]:
    """Start the town's server and open a store in a folder.

    One request at a time, so that what is asked is in order, without pauses and robots.txt, unless collect_more
    sets it otherwise.
    """
    town, stack, fake = Town(), AsyncExitStack(), FakeModel()
    alone = {"requests_per_host": 1, "deadline_s": 5, "pause_s": 0, "robots": False}
    local = {"allow_networks": (ip_network("127.0.0.0/8"),)}
    collect = CollectSettings.model_validate({**alone, **local, **collect_more})
    asked: list[Asked] = []
    with asyncio.Runner() as runner, open_store(folder / "monitor.db") as store:
        base = runner.run(stack.enter_async_context(serving(town.answer)))
        fetcher = runner.run(stack.enter_async_context(HttpFetcher(collect, told=asked.append)))
        yield Bench(runner, town, base, store, World(fetcher, workers), Models(fake, fake), collect, asked)
        runner.run(stack.aclose())
