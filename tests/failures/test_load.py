"""Thousands of feeds due at once, as after a long stop: fair, bounded, and ended when it is told to."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from monitor import pipeline
from monitor.collect.fetch import HttpFetcher
from monitor.collect.hosts import Asked
from monitor.config import CollectSettings, FeedSettings, Settings
from monitor.pipeline import World
from monitor.pipeline.steps import JOBS_PER_REQUEST
from monitor.read.workers import Workers
from monitor.records import StepCount
from monitor.store import Store, open_store
from monitor.store.rows import to_text
from tests.collect.ledger import by_host, most_at_once
from tests.collect.local_server import serving
from tests.town import DAY, NOW

EVERY = "0.0.0.0"  # noqa: S104 - 127.0.0.1, 127.0.0.2 and so on are several hosts to the fetcher
AT_ONCE = 16
ETAG = '"unchanged"'
CROWDED, BUSY, SLOW = "127.0.1.1", "127.0.1.2", "127.0.1.3"


class InHand(Workers):
    """Workers that count the bodies they were given and have not read yet."""

    now = most = 0

    async def call(self, function: Callable[..., object], /, *args: object, **named: object) -> object:  # type: ignore[override]  # of any function
        """Read a body here, after a while."""
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.02)
        self.now -= 1
        return function(*args, **named)


@dataclass(frozen=True, slots=True)
class Load:
    """A store full of feeds, and what their servers were asked."""

    store: Store
    workers: InHand
    paths: Counter[str]
    asked: list[Asked]

    def poll(self, feeds: list[str], *, stop: Callable[[], bool] = lambda: False) -> StepCount:
        """List feeds, given as host/name, that were read before and are all due; poll once."""

        async def run() -> StepCount:
            async with serving(self._answer, host=EVERY) as base:
                port = base.rpartition(":")[2]
                urls = [f"http://{feed.replace('/', f':{port}/', 1)}" for feed in feeds]
                self.store.feeds.sync([FeedSettings(url=url, name=url) for url in urls], now=NOW - 30 * DAY)
                with self.store.db.conn as conn:
                    conn.execute("UPDATE feeds SET etag = ?, full_at = ?", (ETAG, to_text(NOW - DAY)))
                collect = CollectSettings(
                    requests_at_once=AT_ONCE, pause_s=0, deadline_s=5, allow_networks=(ip_network("127.0.0.0/8"),)
                )
                async with HttpFetcher(collect, told=self.asked.append) as fetcher:
                    fetcher.hosts.slow_down(f"{SLOW}:{port}", 60)
                    world = World(fetcher, self.workers)
                    return await pipeline.poll(self.store, world, Settings(collect=collect), now=NOW, stop=stop)

        return asyncio.run(run())

    async def _answer(self, request: web.Request) -> web.Response:
        """Bring news at /new…, ask for a pause where the host is BUSY, and say that nothing changed elsewhere."""
        self.paths[request.host.partition(":")[0] + request.path] += 1
        if request.host.startswith(BUSY):
            return web.Response(status=429, headers={"Retry-After": "600"})
        if not request.path.startswith("/new"):
            return web.Response(status=304, headers={"ETag": ETAG})
        here = f"http://{request.host}{request.path}/article"
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": here, "url": here, "title": "News"}],
        }
        return web.Response(body=json.dumps(feed).encode(), content_type="application/feed+json")

    def due(self, host: str = "") -> int:
        """Count the feeds of a host, or of all, that nothing was written about: they come with the next round."""
        feeds = self.store.feeds.due(now=NOW)
        return sum(
            f"/{host}" in feed.url and feed.next_check_at < NOW - DAY and not feed.failures for feed in feeds
        )


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """An empty store."""
    with open_store(tmp_path / "monitor.db") as store:
        yield Load(store, InHand(workers=1, deadline_s=5), Counter(), [])


def test_many_feeds_due_at_once_are_polled_once_each_and_within_the_limits(load: Load) -> None:
    """Few hosts with hundreds, many hosts with one; a host that is busy or slow costs the others nothing."""
    feeds = [f"127.0.{2 + number // 200}.{1 + number % 200}/one" for number in range(1_000)]
    feeds += [f"127.0.0.{1 + number % 50}/new{number}" for number in range(300)]
    feeds += [f"{CROWDED}/{number}" for number in range(700)]
    feeds += [f"{host}/{number}" for host in (BUSY, SLOW) for number in range(100)]
    count = load.poll(feeds)
    assert (count.done, count.note) == (2_000 + 1, "300 new articles")
    assert load.store.count("articles") == 300
    assert max(load.paths.values()) == 1
    asked = Counter(path.partition("/")[0] for path in load.paths)
    assert asked[CROWDED] == 700
    assert asked[SLOW] == 1
    assert count.failed == asked[BUSY] <= 2  # those that were under way when the first of them answered
    assert load.due(SLOW) == 99
    assert load.due(BUSY) == 100 - asked[BUSY]
    assert load.due() == load.due(SLOW) + load.due(BUSY)
    assert most_at_once(load.asked) <= AT_ONCE
    assert max(map(most_at_once, by_host(load.asked).values())) <= 2


def test_many_feeds_due_at_once_take_turns_by_host(load: Load) -> None:
    """Hundreds of feeds of one host that were listed first stand beside the others, not before them."""
    load.poll([f"{CROWDED}/{number}" for number in range(400)] + [f"127.0.0.{n}/one" for n in range(1, 101)])
    crowd = [one.host.startswith(CROWDED) for one in load.asked[:150]]
    assert crowd.count(False) == 100


def test_many_feeds_due_at_once_keep_no_more_bodies_than_there_are_places(load: Load) -> None:
    """Servers answer faster than pages are read; what was fetched must not pile up."""
    load.poll([f"127.0.0.{1 + number % 200}/new{number}" for number in range(400)])
    assert load.store.count("articles") == 400
    assert AT_ONCE < load.workers.most <= AT_ONCE * JOBS_PER_REQUEST


def test_many_feeds_due_at_once_stay_due_when_the_time_is_up(load: Load) -> None:
    """What was begun is finished and written; nothing else is touched, and the next round takes it on."""
    feeds = [f"127.0.0.{1 + number % 100}/{number}" for number in range(1_000)]
    first = load.poll(feeds, stop=lambda: len(load.asked) >= 300)
    assert first.done == sum(load.paths.values())
    assert 300 <= first.done < 300 + AT_ONCE
    assert load.due() == 1_000 - first.done
    in_a_month = load.store.feeds.due(now=NOW + timedelta(days=30))
    assert len(in_a_month) == 1_000
