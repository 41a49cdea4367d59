"""A simulated week of polling 1,000 feeds on 250 hosts: how often each is asked, and what that finds.

Run: python benchmarks/bench_week.py [feeds, default 1000] [days, default 7]. The feeds are served by a process of
its own on loopback addresses, each a host; the clock of both sides is moved from one due poll to the next. Feeds
publish at random moments, more by day than by night, from one item a week to several an hour; they send an ETag,
Last-Modified, both or neither; some are broken for hours, moved, gone, or ask for a pause.
The server counts requests; the time between them is taken from the client's ledger.
"""

from __future__ import annotations

import asyncio
import bisect
import math
import random
import resource
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import web

from monitor import pipeline
from monitor.collect.fetch import HttpFetcher
from monitor.collect.hosts import Asked
from monitor.config import CollectSettings, FeedSettings, Settings
from monitor.pipeline import World
from monitor.read.workers import Workers
from monitor.store import open_store

SEED = 11
BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
DAY_S = 86_400.0
FEEDS_PER_HOST = 4
ITEMS_SHOWN = 30
SLOWEST_S = 0.02  # in real time too: long enough for a second request to the same host
PAUSE_S = 0.005  # the pause of a host, shortened as the week is: requests come in real time
FIXED_POLLS = 48  # a day: who asks every half hour, as most pollers do
VALIDATORS = ("etag", "modified", "both", "neither")
TROUBLES = ("none",) * 40 + ("busy", "down", "moved", "gone", "forbidden", "broken")


@dataclass(slots=True)
class Source:
    """One feed of the simulated web. moments: of its items, seconds since BEGIN, rising; some lie before it."""

    number: int
    moments: list[float]
    validator: str
    trouble: str
    max_age_s: int | None
    asked: Counter[int] = field(default_factory=Counter)  # status → how often

    @property
    def host(self) -> str:
        """The loopback address it is served from."""
        host = self.number // FEEDS_PER_HOST
        return f"127.{1 + host // 250}.0.{1 + host % 250}"


def make_sources(count: int, days: float) -> list[Source]:
    """Draw the feeds, the same ones in each run. Items a day: log-normal, from one a week to 80."""
    rng = random.Random(SEED)  # noqa: S311 - it draws feeds, no secrets
    sources = []
    for number in range(count):
        per_day = min(80.0, max(1 / 7, rng.lognormvariate(math.log(6), 1.4)))
        moments, at = [], -14 * DAY_S
        while at < days * DAY_S:
            at += rng.expovariate(per_day / DAY_S * 1.6)
            hour = at / 3600 % 24
            if rng.random() < (1.0 if 6 <= hour < 22 else 0.15):  # the night is quiet
                moments.append(at)
        validator, trouble = rng.choice(VALIDATORS), rng.choice(TROUBLES)
        sources.append(Source(number, moments, validator, trouble, rng.choice((None, None, 300, 1800))))
    return sources


class Web:
    """Serve the feeds, and write down how they were asked."""

    def __init__(self, sources: list[Source], clock: Any) -> None:  # a shared number; its type has no name
        self._by_path = {f"/{source.number}": source for source in sources}
        self._clock = clock
        self._now_at: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer one request; nothing else happens between the two counts of its host."""
        host = (request.host or "").partition(":")[0]
        self._now_at[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._now_at[host])
        try:
            await asyncio.sleep(random.random() * SLOWEST_S)  # noqa: S311 - any will do
            source = self._by_path.get(request.path.removesuffix("/new"))
            answer = self._say(source, request) if source else web.Response(status=404)
            if source:
                source.asked[answer.status] += 1
            return answer
        finally:
            self._now_at[host] -= 1

    def _say(  # noqa: PLR0911 - one line for each kind of trouble
        self, source: Source, request: web.BaseRequest
    ) -> web.Response:
        now = self._clock.value
        day = now / DAY_S
        match source.trouble:
            case "busy" if random.random() < 0.05:  # noqa: S311 - any moment will do
                return web.Response(status=429, headers={"Retry-After": "7200"})
            case "down" if 2 <= day < 2.5:
                return web.Response(status=503)
            case "gone" if day >= 3:
                return web.Response(status=410)
            case "moved" if day >= 1 and not request.path.endswith("/new"):
                return web.Response(status=301, headers={"Location": f"{request.path}/new"})
            case "forbidden" if 1 <= day < 6:
                return web.Response(status=403)
            case "broken" if day >= 4:
                return web.Response(
                    text="<html><body>Down for maintenance</body></html>", content_type="text/html"
                )
        return self._feed(source, request, now)

    def _feed(self, source: Source, request: web.BaseRequest, now: float) -> web.Response:
        shown = bisect.bisect_right(source.moments, now)
        newest = source.moments[shown - 1] if shown else 0.0
        headers = {}
        if source.validator in ("etag", "both"):
            headers["ETag"] = f'W/"{shown}-gzip"'
        if source.validator in ("modified", "both"):
            headers["Last-Modified"] = format_datetime(BEGIN + timedelta(seconds=newest), usegmt=True)
        if source.max_age_s:
            headers["Cache-Control"] = f"public, max-age={source.max_age_s}"
        same = request.headers.get("If-None-Match") == headers.get("ETag")
        unchanged = request.headers.get("If-Modified-Since") == headers.get("Last-Modified")
        if headers.keys() & {"ETag", "Last-Modified"} and same and unchanged:
            return web.Response(status=304, headers=headers)
        items = "".join(
            f"<item><title>Item {n}</title><link>https://feed{source.number}.example/{n}</link>"
            f"<guid>urn:item:{source.number}-{n}</guid>"
            f"<pubDate>{format_datetime(BEGIN + timedelta(seconds=source.moments[n]))}</pubDate></item>"
            for n in range(shown - 1, max(-1, shown - 1 - ITEMS_SHOWN), -1)
        )
        text = f'<rss version="2.0"><channel><title>Feed {source.number}</title>{items}</channel></rss>'
        return web.Response(text=text, headers=headers, content_type="application/rss+xml")


def serve(count: int, days: float, clock: Any, tell: Connection) -> None:
    """Run the web until told to stop; then tell what was asked."""

    async def run() -> None:
        sources = make_sources(count, days)
        the_web = Web(sources, clock)
        runner = web.ServerRunner(web.Server(the_web.answer))
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0, backlog=1024)  # noqa: S104 - all of 127.0.0.0/8
        await site.start()
        tell.send(runner.addresses[0][1])
        await asyncio.to_thread(tell.recv)
        asked = [dict(source.asked) for source in sources]
        tell.send((asked, max(the_web.most_at_once.values(), default=0)))
        await runner.cleanup()

    asyncio.run(run())


@dataclass(frozen=True, slots=True)
class Week:
    """What the product did.

    memory_mb: of its main process after each day. found: guid → when, seconds. gap_s: the shortest time from one
    request to the next to the same host, by the ledger of the client: the server sees them late, and unevenly so.
    """

    memory_mb: list[float]
    found: dict[str, float]
    gap_s: float
    seconds: float


@dataclass(slots=True)
class Gaps:
    """The shortest time between the starts of two requests to one host."""

    shortest_s: float = math.inf
    _last: dict[str, float] = field(default_factory=dict)

    def add(self, requests: list[Asked]) -> None:
        """Look at the requests of one poll, in whatever order they ended."""
        for request in sorted(requests, key=lambda one: one.began_s):
            last = self._last.get(request.host)
            if last is not None:
                self.shortest_s = min(self.shortest_s, request.began_s - last)
            self._last[request.host] = request.began_s


async def follow(port: int, sources: list[Source], days: float, clock: Any, db: Path) -> Week:
    """Let the polling step run through the simulated time."""
    collect = CollectSettings(
        allow_networks=(ip_network("127.0.0.0/8"),), contact="https://monitor.example/contact", pause_s=PAUSE_S
    )
    feeds = tuple(
        FeedSettings(url=f"http://{source.host}:{port}/{source.number}", name=f"Feed {source.number}")
        for source in sources
    )
    settings, memory, began = Settings(collect=collect, feeds=feeds), [], time.monotonic()
    with Workers(workers=1, deadline_s=20) as workers, open_store(db) as store:
        store.feeds.sync(feeds, now=BEGIN)
        requests: list[Asked] = []
        gaps = Gaps()
        async with HttpFetcher(collect, told=requests.append) as fetcher:
            world, now, end = World(fetcher, workers), BEGIN, BEGIN + timedelta(days=days)
            while now < end:
                clock.value = (now - BEGIN).total_seconds()
                await pipeline.poll(store, world, settings, now=now)
                gaps.add(requests)
                requests.clear()
                if now - BEGIN >= timedelta(days=len(memory) + 1):
                    memory.append(_memory_mb())
                    _tell(f"day {len(memory)}: {memory[-1]:.0f} MB, {time.monotonic() - began:.0f} s so far")
                now = max(now + timedelta(minutes=1), store.feeds.next_due() or end)
            memory.append(_memory_mb())
        rows = store.db.query("SELECT guid, first_seen_at FROM entries")
        found = {row["guid"]: (_moment(row["first_seen_at"]) - BEGIN).total_seconds() for row in rows}
    return Week(memory, found, gaps.shortest_s, time.monotonic() - began)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _memory_mb() -> float:
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def table(sources: list[Source], days: float, week: Week, most_at_once: int) -> list[str]:
    """Put together what was counted."""
    statuses: Counter[int] = sum((source.asked for source in sources), Counter())
    per_day = [source.asked.total() / days for source in sources]
    published = {
        f"urn:item:{source.number}-{n}": moment
        for source in sources
        if source.trouble == "none"
        for n, moment in enumerate(source.moments)
        if 0 <= moment < (days - 1) * DAY_S
    }
    waited = [week.found[guid] - moment for guid, moment in published.items() if guid in week.found]
    by_rate: defaultdict[str, list[float]] = defaultdict(list)
    for source, asked in zip(sources, per_day, strict=True):
        if source.trouble == "none":
            rate = sum(moment >= 0 for moment in source.moments) / days
            by_rate["under 1" if rate < 1 else "1 to 10" if rate < 10 else "over 10"].append(asked)
    gone = [source.asked[410] for source in sources if source.trouble == "gone"]
    polls = statuses.total()
    others = ", ".join(f"{status}: {n:,}" for status, n in sorted(statuses.items()) if status != 304)
    return [
        "| what | measured |",
        "|---|---|",
        f"| feeds, hosts, days | {len(sources)}, {math.ceil(len(sources) / FEEDS_PER_HOST)}, {days:g} |",
        f"| requests per feed and day: mean, median, most | {statistics.mean(per_day):.1f}, "
        f"{statistics.median(per_day):.1f}, {max(per_day):.1f} |",
        f"| of that, who asks every half hour | {FIXED_POLLS} |",
        *(
            f"| requests per feed and day, feeds with {rate} items a day | {statistics.mean(asked):.1f} |"
            for rate, asked in sorted(by_rate.items())
        ),
        f"| answers of 304 | {statuses[304] / polls:.2f} of {polls:,} |",
        f"| other answers | {others} |",
        f"| requests to a feed after it was gone (410), at most | {max(gone, default=0)} |",
        f"| most requests at once to one host (allowed: 2) | {most_at_once} |",
        f"| shortest time between two requests to one host (allowed: {PAUSE_S * 1000:g} ms) "
        f"| {week.gap_s * 1000:.1f} ms |",
        f"| items found, of those published by feeds without trouble | {len(waited) / len(published):.4f} "
        f"of {len(published):,} |",
        f"| minutes from publication to finding: median, 9 in 10 | {statistics.median(waited) / 60:.0f}, "
        f"{statistics.quantiles(waited, n=10)[-1] / 60:.0f} |",
        f"| memory after day 1, after the last day, highest | {week.memory_mb[0]:.0f}, {week.memory_mb[-1]:.0f}, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB |",
        f"| the week took | {week.seconds:.0f} s |",
    ]


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    """Run the week, and print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    days = float(sys.argv[2]) if len(sys.argv) > 2 else 7.0
    context = get_context("spawn")
    clock = context.Value("d", 0.0)
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(count, days, clock, there), daemon=True)
    server.start()
    port = here.recv()
    sources = make_sources(count, days)
    with TemporaryDirectory() as folder:
        week = asyncio.run(follow(port, sources, days, clock, Path(folder) / "monitor.db"))
    here.send("stop")
    asked, most_at_once = here.recv()
    server.join(10)
    sources = [replace(source, asked=Counter(counts)) for source, counts in zip(sources, asked, strict=True)]
    print("\n".join(table(sources, days, week, most_at_once)))  # noqa: T201 - the result


if __name__ == "__main__":
    main()
