"""Articles that are pending → their text and sentences in the store."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.collect.outage import RETURNS_IN
from monitor.collect.schedule import next_try
from monitor.collect.twins import is_front_page
from monitor.collect.urls import clean_url
from monitor.config import Settings
from monitor.errors import FetchError, MonitorError, NotNowError, ReadError
from monitor.feed_records import Page
from monitor.pipeline.identity import identify
from monitor.pipeline.permission import Pauses, Robots
from monitor.pipeline.steps import (
    Progress,
    Stop,
    World,
    for_each,
    network_is_away,
    never,
    no_progress,
    not_after,
)
from monitor.read.page import ReadPage, read_page
from monitor.records import ArticleToRead, StepCount
from monitor.store import Store

log = logging.getLogger(__name__)

READ_ASKED = 500  # articles a round; the rest is pending and comes with the next

# RFC 9309, 2.3.1.4: a robots.txt that could not be had for so long is taken for none.
ROBOTS_MISSED = timedelta(days=30)


async def read(
    store: Store,
    world: World,
    settings: Settings,
    *,
    now: datetime,
    progress: Progress = no_progress,
    stop: Stop = never,
) -> StepCount:
    """Fetch and read the articles that are pending. failed: those that could not be read this time.

    While the network is away they wait; the next feed that answers tells that it is back.
    """
    if store.absences.network_away_since() is not None:
        return StepCount("read", 0, 0, "waiting for the network")
    reader = _Reader(store, world, settings, now=now, stop=stop)
    pending = store.articles.to_read(now=now, limit=READ_ASKED)
    done, failed, finished = 0, 0, 0
    unreached: list[tuple[ArticleToRead, FetchError]] = []

    async def one(article: ArticleToRead) -> None:
        nonlocal done, failed, finished
        if store.articles.is_pending(article):  # else another page of this round proved to be the same
            try:
                await reader.read(article)
                done += 1
                network_is_away(store, article.url, None, now=now)
            except NotNowError as error:
                if error.until:
                    store.articles.postpone(article, until=error.until, why=error.why)
            except (FetchError, ReadError) as error:
                failed += 1
                if isinstance(error, FetchError) and error.unreached:
                    network_is_away(store, article.url, error, now=now)
                    unreached.append((article, error))
                else:
                    reader.failed(article, error)
        finished += 1
        progress("read", finished, len(pending))

    await for_each(pending, one, hosts=world.fetcher.hosts, stop=stop)
    is_away = store.absences.network_away_since() is not None
    for article, error in unreached:  # only now it is known whose fault it was
        if is_away:
            store.articles.postpone(article, until=now + RETURNS_IN, why="the network seems to be away")
        else:
            reader.failed(article, error)
    return StepCount("read", done, failed)


class _SameArticleError(MonitorError):
    """An address leads to an article that is known: its page need not be asked for."""

    def __init__(self, url: str, article_id: int) -> None:
        super().__init__(f"{url}: stands for article {article_id}")
        self.article_id = article_id


class _Reader:
    """One round of reading: what was asked for and brought so far, so that nothing is asked for twice."""

    def __init__(self, store: Store, world: World, settings: Settings, *, now: datetime, stop: Stop) -> None:
        self.store, self.now = store, now
        self.pauses = Pauses(store, now=now, stop=stop)
        self.robots = Robots(store, world.fetcher, self.pauses, now=now) if settings.collect.robots else None
        self.on_the_way: dict[str, int] = {}  # address → the article that is being fetched from there
        self.brought: dict[str, int] = {}  # address → the article that was read there
        self._world, self._tries = world, settings.read.tries

    async def read(self, article: ArticleToRead) -> None:
        """Fetch and read an article, or find out that it is known under another address."""
        errand = _Errand(self, article)
        try:
            await self._read(article, errand)
        except _SameArticleError as same:
            self.store.articles.mark_same(article, same.article_id)
        finally:
            errand.end()

    async def _read(self, article: ArticleToRead, errand: _Errand) -> None:
        page: Page = await self._world.fetcher.fetch(article.url, permit=errand)
        if is_front_page(page.url) and not is_front_page(article.url):
            raise ReadError("leads to the front page; the article is not there")
        read: ReadPage = await self._world.workers.call(
            read_page, page.body, url=page.url, content_type=page.content_type, hint=article.lang
        )
        here = clean_url(page.url) or article.url
        identity = identify(self.store, article, read.extract, page_url=page.url)
        if identity.same_as is not None:
            self.brought[here] = identity.same_as
            self.store.articles.mark_same(article, identity.same_as, leads=identity.leads)
            return
        extract = replace(
            read.extract,
            canonical_url=identity.own_url,
            published_at=not_after(read.extract.published_at, self.now),
            modified_at=not_after(read.extract.modified_at, self.now),
        )
        self.store.articles.add_version(
            article,
            extract,
            lang=read.lang,
            sentences=read.sentences,
            page_url=page.url,
            now=self.now,
            leads=identity.leads,
        )
        self.brought[here] = article.id

    def failed(self, article: ArticleToRead, error: FetchError | ReadError) -> None:
        """Write a failed try. A pause the host asks for is no failure of the article."""
        pause = self.pauses.heed(error)
        if pause:
            self.store.articles.postpone(article, until=self.now + pause, why=error.why)
        else:
            final = isinstance(error, FetchError) and error.final
            again = None if final else next_try(now=self.now, tries=article.tries + 1, allowed=self._tries)
            self.store.articles.read_failed(article, error=error.why, next_try_at=again)
        log.info("article not read url=%s why=%s", article.url, error.why)


class _Errand:
    """The way to one article's page: what is asked of each address on it, before it is asked for."""

    def __init__(self, reader: _Reader, article: ArticleToRead) -> None:
        self._reader, self._article = reader, article
        self._addresses: list[str] = []

    async def allow(self, url: str) -> None:
        """Raise _SameArticleError where a known article stands, else what pauses and robots.txt say.

        A page that another article is just being read from is left for the next round, in which it is known.
        """
        reader, article = self._reader, self._article
        reader.pauses.confirm(url)
        address = clean_url(url) or url
        known = reader.brought.get(address) or (
            None if url == article.url else reader.store.addresses.standing_at(address)
        )
        if known is not None and known != article.id:
            raise _SameArticleError(url, known)
        if reader.on_the_way.setdefault(address, article.id) != article.id:
            raise NotNowError(url, "another article is just being read from there")
        self._addresses.append(address)
        if reader.robots:
            first_seen = article.first_seen_at
            patient = first_seen is None or reader.now - first_seen < ROBOTS_MISSED
            await reader.robots.check(url, patient=patient)

    def confirm(self, url: str) -> None:
        """Raise NotNowError if the host has asked for a pause while this waited, or the step is over."""
        self._reader.pauses.confirm(url)

    def end(self) -> None:
        """Give the addresses free."""
        for address in self._addresses:
            self._reader.on_the_way.pop(address, None)
