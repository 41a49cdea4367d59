"""What every step shares: the world and the models, turns, pauses, and when to stop."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.collect.fetch import Fetcher
from monitor.collect.urls import host_of
from monitor.errors import FetchError, MonitorError
from monitor.judge.model import Embedder, PairModel
from monitor.read.workers import Workers
from monitor.records import ArticleToRead, Feed
from monitor.store import Store

HOST_PAUSE = timedelta(minutes=15)  # for a server that says "too many requests" without saying how long

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


async def for_each(items: Sequence[Asked], job: Job[Asked], *, at_once: int, stop: Stop) -> None:
    """Do a job for each item, a few at once for each host. Where `stop` says so, the rest stays pending.

    Who waits for a turn here, and not in the fetcher, still sees that the host asked for a pause meanwhile.
    """
    turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    async def in_turn(item: Asked) -> None:
        async with turns[host_of(item.url)]:
            if not stop():
                await job(item)

    try:
        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(in_turn(item))
    except ExceptionGroup as several:  # a bug or a full disk: the first says it, and says it plainly
        first = several.exceptions[0]
        raise first from first.__cause__


def not_after(stated: datetime | None, now: datetime) -> datetime | None:
    """Take a date in the future for the moment it was read: nobody publishes tomorrow."""
    return min(stated, now) if stated else None


def pause_host(store: Store, url: str, error: MonitorError, *, now: datetime) -> timedelta | None:
    """Write down how long the host asked to be left alone, and return it; None if it did not ask."""
    if not isinstance(error, FetchError):
        return None
    pause = error.retry_after or (HOST_PAUSE if error.status == 429 else None)
    if pause:
        store.feeds.block_host(host_of(url), now=now, pause=pause, reason=error.why)
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
