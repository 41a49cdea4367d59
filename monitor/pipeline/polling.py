"""Feeds that are due → entries in the store."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.collect.feeds import parse_feed
from monitor.collect.schedule import next_check
from monitor.collect.urls import host_of
from monitor.config import Settings
from monitor.errors import FeedError, FetchError, ReadError
from monitor.pipeline.steps import Progress, Stop, World, for_each, never, no_progress, not_after, pause_host
from monitor.records import Feed, StepCount
from monitor.store import Store

log = logging.getLogger(__name__)


async def poll(
    store: Store,
    world: World,
    settings: Settings,
    *,
    now: datetime,
    progress: Progress = no_progress,
    stop: Stop = never,
) -> StepCount:
    """Ask the feeds that are due for news, and store their entries.

    done: feeds that answered well. failed: feeds that did not. note: how many articles are new.
    """
    paused = set(store.feeds.blocked_hosts(now=now))
    due = [feed for feed in store.feeds.due(now=now) if host_of(feed.url) not in paused]
    new, done, failed, finished = 0, 0, 0, 0

    async def one(feed: Feed) -> None:
        nonlocal new, done, failed, finished
        if host_of(feed.url) not in paused:
            try:
                added = await _poll_feed(store, world, settings, feed, now=now)
                new, done = new + added, done + 1  # not `new += await`: others count while this one waits
            except (FetchError, FeedError, ReadError) as error:
                failed += 1
                _feed_failed(store, settings, feed, error, paused=paused, now=now)
        finished += 1
        progress("poll", finished, len(due))

    with store.feeds.together():
        await for_each(due, one, at_once=settings.collect.requests_per_host, stop=stop)
    return StepCount("poll", done, failed, f"{new} new articles")


async def _poll_feed(store: Store, world: World, settings: Settings, feed: Feed, *, now: datetime) -> int:
    """Ask one feed; return how many of its articles are new."""
    page = await world.fetcher.fetch(feed.url, etag=feed.etag, last_modified=feed.last_modified)
    every = timedelta(minutes=settings.collect.poll_minutes)
    due = next_check(now=now, failures=0, poll_every=every, key=feed.url)
    if page.status == 304:
        etag, modified = page.etag or feed.etag, page.last_modified or feed.last_modified
        store.feeds.checked(feed, now=now, next_check_at=due, etag=etag, last_modified=modified)
        return 0
    parsed = await world.workers.call(parse_feed, page.body, url=page.url, content_type=page.content_type)
    entries = [replace(entry, published_at=not_after(entry.published_at, now)) for entry in parsed.entries]
    return store.articles.add_entries(
        feed,
        entries,
        now=now,
        next_check_at=due,
        etag=page.etag,
        last_modified=page.last_modified,
        trouble=parsed.trouble,
    )


def _feed_failed(
    store: Store,
    settings: Settings,
    feed: Feed,
    error: FetchError | FeedError | ReadError,
    *,
    paused: set[str],
    now: datetime,
) -> None:
    """Write a failed poll; a server that asks for a pause gets it for the whole host."""
    pause = pause_host(store, feed.url, error, now=now)
    if pause:
        paused.add(host_of(feed.url))
    due = next_check(
        now=now,
        failures=feed.failures + 1,
        poll_every=timedelta(minutes=settings.collect.poll_minutes),
        retry_after=pause,
        key=feed.url,
    )
    store.feeds.failed(feed, now=now, next_check_at=due, error=error.why)
    log.warning("feed failed url=%s failures=%d why=%s", feed.url, feed.failures + 1, error.why)
