"""Articles that are pending → their text and sentences in the store."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from monitor.collect.outage import RETURNS_IN
from monitor.collect.schedule import next_try
from monitor.collect.urls import clean_url, host_of
from monitor.config import Settings
from monitor.errors import FetchError, ReadError
from monitor.pipeline.steps import (
    Progress,
    Stop,
    World,
    for_each,
    network_is_away,
    never,
    no_progress,
    not_after,
    pause_host,
)
from monitor.read.page import ReadPage, read_page
from monitor.records import ArticleToRead, Page, StepCount
from monitor.store import Store

log = logging.getLogger(__name__)

READ_ASKED = 500  # articles a round; the rest is pending and comes with the next


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
    paused = store.feeds.blocked_hosts(now=now)
    pending = store.articles.to_read(now=now, limit=READ_ASKED)
    done, failed, finished = 0, 0, 0

    async def one(article: ArticleToRead) -> None:
        nonlocal done, failed, finished
        until = paused.get(host_of(article.url))
        if until:
            store.articles.postpone(article, until=until)
        else:
            try:
                await _read_article(store, world, article, now=now)
                done += 1
                network_is_away(store, article.url, None, now=now)
            except (FetchError, ReadError) as error:
                failed += 1
                if network_is_away(store, article.url, error, now=now):
                    store.articles.postpone(article, until=now + RETURNS_IN)
                else:
                    _article_failed(store, settings, article, error, paused=paused, now=now)
        finished += 1
        progress("read", finished, len(pending))

    await for_each(pending, one, at_once=settings.collect.requests_per_host, stop=stop)
    return StepCount("read", done, failed)


async def _read_article(store: Store, world: World, article: ArticleToRead, *, now: datetime) -> None:
    page: Page = await world.fetcher.fetch(article.url)
    read: ReadPage = await world.workers.call(
        read_page, page.body, url=page.url, content_type=page.content_type, hint=article.lang
    )
    own_url = clean_url(read.extract.canonical_url or page.url) or article.url
    twin = store.articles.find_by_url(own_url)
    if twin is not None and twin != article.id:
        store.articles.mark_same(article, twin)
        return
    extract = replace(
        read.extract,
        canonical_url=own_url,
        published_at=not_after(read.extract.published_at, now),
        modified_at=not_after(read.extract.modified_at, now),
    )
    store.articles.add_version(
        article, extract, lang=read.lang, sentences=read.sentences, page_url=page.url, now=now
    )


def _article_failed(
    store: Store,
    settings: Settings,
    article: ArticleToRead,
    error: FetchError | ReadError,
    *,
    paused: dict[str, datetime],
    now: datetime,
) -> None:
    """Write a failed try. A pause the host asks for is no failure of the article."""
    pause = pause_host(store, article.url, error, now=now)
    if pause:
        paused[host_of(article.url)] = now + pause
        store.articles.postpone(article, until=now + pause)
    else:
        final = isinstance(error, FetchError) and error.final
        again = None if final else next_try(now=now, tries=article.tries + 1, allowed=settings.read.tries)
        store.articles.read_failed(article, error=error.why, next_try_at=again)
    log.info("article not read url=%s why=%s", article.url, error.why)
