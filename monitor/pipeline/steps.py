"""What every step shares: the world and the models, turns, pauses, and when to stop."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.collect.fetch import Fetcher
from monitor.collect.hosts import Hosts
from monitor.collect.urls import host_of
from monitor.errors import FetchError, MonitorError
from monitor.feed_records import Feed
from monitor.judge.model import Embedder, PairModel
from monitor.read.workers import Workers
from monitor.records import ArticleToRead
from monitor.store import Store

HOST_PAUSE = timedelta(minutes=15)  # for a server that says "too many requests" without saying how long

# A step gives a host as many requests as fit into a minute: the rest comes with the next round, so that reading
# and judging what is there need not wait for thousands of pages of one slow host.
HOST_SHARE_S = 60

JOBS_PER_REQUEST = 4  # while some are asking, others are being read, or follow a redirect to a host that rests

Asked = TypeVar("Asked", Feed, ArticleToRead)
Job = Callable[[Asked], Awaitable[None]]
Progress = Callable[[str, int, int], None]
Stop = Callable[[], bool]


def no_progress(step: str, done: int, total: int) -> None:
    """Tell nobody: the default of every step's `progress`."""


def never() -> bool:
    """Go on to the end: the default of every step's `stop`."""
    return False


@dataclass(frozen=True, slots=True)
class World:
    """What the steps reach the world through."""

    fetcher: Fetcher
    workers: Workers


@dataclass(frozen=True, slots=True)
class Models:
    """What the judge decides with."""

    embedder: Embedder
    scorer: PairModel

    @property
    def name(self) -> str:
        """Name both models: findings of another pair are other findings."""
        same = self.embedder.name == self.scorer.name
        return self.scorer.name if same else f"{self.scorer.name} after {self.embedder.name}"


async def for_each(items: Iterable[Asked], job: Job[Asked], *, hosts: Hosts, stop: Stop) -> None:
    """Do a job for each item: host by host in turn, no faster than the ledger lets them be asked.

    What a host has no time for within HOST_SHARE_S stays pending, and so does the rest where `stop` says so. Who
    waits for a host's pause waits here and holds no place; a place is held until the job is done, so that no more
    bodies are in the memory than there are places.
    """
    by_host: defaultdict[str, list[Asked]] = defaultdict(list)
    for item in items:
        by_host[host_of(item.asked)].append(item)
    places = asyncio.Semaphore(hosts.at_once * JOBS_PER_REQUEST)

    async def lane(host: str, waiting: list[Asked]) -> None:
        while waiting and not stop():
            if hosts.rests(host):
                await hosts.rested(host)
            async with places:  # in the order they came: a host's next item stands behind those of all others
                if waiting and not stop():
                    await job(waiting.pop())

    try:
        async with asyncio.TaskGroup() as group:
            for host, here in by_host.items():
                waiting = here[: share_of(hosts.pause_s(host))][::-1]
                for _ in range(min(hosts.per_host, len(waiting))):
                    group.create_task(lane(host, waiting))
    except ExceptionGroup as several:  # a bug or a full disk: the first says it, and says it plainly
        first = several.exceptions[0]
        raise first from first.__cause__


def share_of(pause_s: float) -> int | None:
    """Say how many requests to a host fit into HOST_SHARE_S, one at least; None: any number does."""
    return max(1, int(HOST_SHARE_S / pause_s)) if pause_s else None


def not_after(stated: datetime | None, now: datetime) -> datetime | None:
    """Take a date in the future for the moment it was read: nobody publishes tomorrow."""
    return min(stated, now) if stated else None


def pause_host(
    store: Store, error: MonitorError, *, now: datetime, asked_by: Container[int | None]
) -> timedelta | None:
    """Write down how long the host that answered asked to be left alone, and return it; None if it did not ask.

    asked_by: the statuses that ask for a pause even where the server does not say for how long.
    """
    if not isinstance(error, FetchError):
        return None
    pause = error.retry_after or (HOST_PAUSE if error.status in asked_by else None)
    if pause:
        store.feeds.block_host(host_of(error.at), now=now, pause=pause, reason=error.why)
    return pause


def network_is_away(store: Store, url: str, error: MonitorError | None, *, now: datetime) -> bool:
    """Write down whether a host was heard of, and say whether its silence is that of our own network.

    error: why it gave nothing of use; None if it did.
    """
    if isinstance(error, FetchError) and error.unreached:
        return store.absences.unreached(host_of(url), now=now)
    if not isinstance(error, FetchError) or error.status is not None:
        store.absences.reached(now=now)
    return False
