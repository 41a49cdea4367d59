"""Address → leave to ask: the pauses of hosts, the end of a step, and robots.txt."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Container
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.collect.fetch import Fetcher
from monitor.collect.robots import RobotsFile, RobotsRules, decode_robots, parse_robots
from monitor.collect.urls import host_of
from monitor.errors import FetchError, MonitorError, NotNowError
from monitor.pipeline.steps import Stop, pause_host
from monitor.store import Store

TOO_MANY = frozenset({429})
ROBOTS_KEPT = timedelta(days=1)  # RFC 9309, 2.4: not longer
ROBOTS_RETRY = timedelta(hours=1)  # for a server that was not able to give it


class Pauses:
    """What a request must heed once its turn has come: that the host asked for a pause, that the step is over.

    Both may have happened while it waited. One instance serves one step.
    """

    def __init__(
        self, store: Store, *, now: datetime, stop: Stop, asked_by: Container[int | None] = TOO_MANY
    ) -> None:
        """asked_by: the statuses that ask for a pause even where the server does not say for how long."""
        self._store, self._now, self._stop, self._asked_by = store, now, stop, asked_by
        self._until = store.feeds.blocked_hosts(now=now)

    async def allow(self, url: str) -> None:
        """Let every address queue for its turn."""

    def confirm(self, url: str) -> None:
        """Raise NotNowError if an address must not be asked now."""
        until = self._until.get(host_of(url))
        if until:
            raise NotNowError(url, "its host asked for a pause", until=until)
        if self._stop():
            raise NotNowError(url, "the time of this step is up")

    def heed(self, error: MonitorError) -> timedelta | None:
        """Keep to the pause that a host asked for, if it did; return how long that is."""
        pause = pause_host(self._store, error, now=self._now, asked_by=self._asked_by)
        if pause and isinstance(error, FetchError):
            self._until[host_of(error.at)] = self._now + pause
        return pause


class Robots:
    """The robots.txt of the hosts that a step meets: each asked for once, and kept for a day."""

    def __init__(self, store: Store, fetcher: Fetcher, pauses: Pauses, *, now: datetime) -> None:
        self._store, self._fetcher, self._pauses, self._now = store, fetcher, pauses, now
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._rules: dict[str, RobotsRules | None] = {}

    async def check(self, url: str, *, patient: bool = True) -> None:
        """Raise FetchError if the host's robots.txt forbids an address. The host gets the pause it asks for there.

        Raises NotNowError if the file cannot be had, unless patience has run out: then all is allowed.
        """
        host = host_of(url)
        async with self._turns[host]:  # of many that come at once, the first one asks for all
            if host not in self._rules:
                file = await self._file(url, host)
                self._rules[host] = None if file.blocked else parse_robots(file.rules or "")
        rules = self._rules[host]
        if rules is None:
            if patient:
                raise NotNowError(url, f"robots.txt of {host} cannot be had", until=self._now + ROBOTS_RETRY)
            return
        self._fetcher.hosts.slow_down(host, rules.crawl_delay_s)
        if not rules.allow(url):
            raise FetchError(url, f"robots.txt of {host} asks not to fetch it", final=True)

    async def _file(self, url: str, host: str) -> RobotsFile:
        known = self._store.robots.of(host)
        if known and timedelta(0) <= self._now - known.fetched_at < (
            ROBOTS_RETRY if known.blocked else ROBOTS_KEPT
        ):
            return known
        try:
            page = await self._fetcher.fetch(f"{urlsplit(url).scheme}://{host}/robots.txt", permit=self._pauses)
        except FetchError as error:
            if self._pauses.heed(error):
                self._pauses.confirm(error.at)
            file = _without(error, known, now=self._now)
        else:
            file = RobotsFile(self._now, decode_robots(page.body), False)
        self._store.robots.put(host, file)
        return file


def _without(error: FetchError, known: RobotsFile | None, *, now: datetime) -> RobotsFile:
    """Say what holds where there is no robots.txt to be had (RFC 9309, 2.3.1).

    "Not found" and the like, redirects without end and addresses that are refused: there is none. A server in
    trouble: what it said before holds; if that is not known, nothing is asked.
    """
    answered_no = error.status is not None and 300 <= error.status < 500
    if answered_no or (error.final and error.status is None):
        return RobotsFile(now, None, False)
    if known and not known.blocked:
        return replace(known, fetched_at=now)
    return RobotsFile(now, None, True)
