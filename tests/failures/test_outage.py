"""Hours without a network: nobody is blamed for it, everything goes on afterwards, and the digest says so."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor import desk, pipeline
from monitor.collect.fetch import HttpFetcher
from monitor.collect.hosts import Hosts
from monitor.collect.outage import PROBES, RETURNS_IN
from monitor.config import FeedSettings, Settings
from monitor.feed_records import Page
from monitor.pipeline import World
from monitor.read.workers import Workers
from monitor.records import Baseline, StepCount
from monitor.report.render import render
from monitor.store import open_store
from tests.collect.local_server import serving
from tests.town import DAM, HOUR, MINUTE, NOW, Answer, Town, open_bench

HOSTS = 8  # each an address of this machine's own


@dataclass(slots=True)
class Cable:
    """The way to a web of several hosts; unplugged, every request fails as without a network."""

    inner: HttpFetcher
    plugged: bool = True
    asked: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> Hosts:
        """The ledger of the real fetcher."""
        return self.inner.hosts

    @hosts.setter
    def hosts(self, _: Hosts) -> None:
        """Never set; a protocol's attribute asks for it."""

    async def fetch(self, url: str, **how: Any) -> Page:
        self.asked.append(url)
        here = url if self.plugged else re.sub(r":\d+/", ":19009/", url)  # where nobody listens
        return await self.inner.fetch(here, **how)


def test_hours_without_a_network_push_no_feed_away(tmp_path: Path, workers: Workers) -> None:
    """Few are asked meanwhile, none is put off, no article is given up, and all of it is said afterwards."""
    with open_bench(tmp_path, workers) as bench:
        town = Town()

        async def go() -> None:
            async with serving(town.answer, host="0.0.0.0") as base:  # noqa: S104  all addresses of this machine's own
                await _live(bench.settings, town, int(base.rpartition(":")[2]))

        async def _live(settings: Settings, town: Town, port: int) -> None:
            store, cable = bench.store, Cable(bench.world.fetcher)  # type: ignore[arg-type]  # the real one
            world = World(cable, workers)

            async def step(step: object, now: datetime) -> StepCount:
                cable.asked.clear()
                return await step(store, world, settings, now=now)  # type: ignore[operator,no-any-return]

            for n in range(1, HOSTS + 1):
                item = {"id": "1", "url": f"http://127.0.0.{n}:{port}/a", "title": "A"}
                feed = {"version": "https://jsonfeed.org/version/1.1", "title": f"F{n}", "items": [item]}
                town.answers[f"/feed{n}"] = Answer(json.dumps(feed))
            listed = [
                FeedSettings(url=f"http://127.0.0.{n}:{port}/feed{n}", name=f"F{n}") for n in range(1, HOSTS + 1)
            ]
            store.feeds.sync(listed, now=NOW)
            assert (await step(pipeline.poll, NOW)).done == HOSTS
            cable.plugged, now = False, NOW + 30 * MINUTE
            asked = 0
            while now < NOW + 4 * HOUR:
                polled = await step(pipeline.poll, now)
                asked = max(asked, len(set(cable.asked)))
                await step(pipeline.read, now)
                now += RETURNS_IN
            assert polled.note.endswith("the network seems to be away")
            assert asked <= HOSTS
            assert len(cable.asked) == 0  # no article is asked for meanwhile
            assert all(feed.failures <= 2 for feed in store.feeds.failing())
            due = store.feeds.next_due()
            assert due is not None
            assert due <= now + RETURNS_IN
            assert bench.rows("SELECT DISTINCT state, tries FROM articles") == [("pending", 0)]
            cable.plugged = True
            for _ in range(4):
                await step(pipeline.poll, now)
                now += RETURNS_IN
            await step(pipeline.read, now)
            assert store.feeds.failing() == []
            assert bench.rows("SELECT count(*) FROM feeds WHERE last_good_at > '2026-11-22T10'") == [(HOSTS,)]
            assert bench.rows("SELECT count(*) FROM articles WHERE state = 'pending' AND tries = 0") == [(0,)]

        bench.runner.run(go())
        bench.watch(DAM)
        digest = desk.make_digest(bench.store, day=NOW.date(), since=None, until=NOW + 8 * HOUR)
    for format in ("text", "html", "md"):
        text = render(digest, format=format, zone="UTC")
        assert "Not watching, the network was away: 22 Nov 2026, 06:34 UTC" in text.replace("\n", " ")


def test_while_it_is_away_a_few_hosts_are_asked(tmp_path: Path, workers: Workers) -> None:
    """Each round looks whether it is back, and spares the other feeds and the machine."""
    with open_bench(tmp_path, workers) as bench:
        listed = [FeedSettings(url=f"http://127.0.1.{n}:9/feed", name=f"F{n}") for n in range(1, 60)]
        bench.store.feeds.sync(listed, now=NOW)
        cable = Cable(bench.world.fetcher, plugged=False)  # type: ignore[arg-type]  # the real one
        world = World(cable, workers)
        bench.runner.run(pipeline.poll(bench.store, world, bench.settings, now=NOW))
        cable.asked.clear()
        count = bench.runner.run(pipeline.poll(bench.store, world, bench.settings, now=NOW + RETURNS_IN))
        assert (len(cable.asked), count.failed) == (PROBES, PROBES)


def test_a_digest_says_when_nobody_watched(tmp_path: Path) -> None:
    """A stop that ended, and one that goes on."""
    with open_store(tmp_path / "monitor.db") as store:
        store.claims.sync(Baseline("The flood", "en", None, None, (DAM,)), now=NOW)
        store.rounds.add([StepCount("poll", 1, 0)], now=NOW)
        text = render(
            desk.preview_digest(store, Settings(), now=NOW + timedelta(hours=5)), format="text", zone="UTC"
        )
        assert "Not watching: 22 Nov 2026, 06:04 UTC to 22 Nov 2026, 11:04 UTC." in text
        assert "Not watching" not in render(
            desk.preview_digest(store, Settings(), now=NOW + HOUR), format="text", zone="UTC"
        )
