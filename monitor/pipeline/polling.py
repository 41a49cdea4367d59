"""Feeds that are due → entries in the store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from monitor.collect.feed_dates import believed
from monitor.collect.feeds import parse_feed
from monitor.collect.fetch import Permit
from monitor.collect.outage import PROBES, RETURNS_IN
from monitor.collect.polls import good_poll, is_back_due
from monitor.collect.schedule import Rhythm, is_full_due, next_retry
from monitor.collect.urls import host_of
from monitor.config import CollectSettings, Settings
from monitor.errors import FeedError, FetchError, NotNowError, ReadError
from monitor.feed_records import Feed, GoodPoll, PollOutcome
from monitor.pipeline.permission import Pauses
from monitor.pipeline.steps import (
    Progress,
    Stop,
    World,
    for_each,
    network_is_away,
    never,
    no_progress,
)
from monitor.records import StepCount
from monitor.store import Store

MISSING, GONE = 404, 410
GONE_FOR_GOOD = "; it will not be asked again: remove it from the config, or write where it is now"

# Without a word for how long: a wall before the site, such as Cloudflare's, stands before all its feeds.
ASKS_WITHOUT_WORDS = frozenset({403, 429})

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
    While the network is away a few feeds are asked, to see whether it is back; the others stay due.
    """
    paused = store.feeds.blocked_hosts(now=now)
    due = [feed for feed in store.feeds.due(now=now) if host_of(feed.asked) not in paused]
    was_away = store.absences.network_away_since() is not None
    due = _probes(due) if was_away else due
    pauses = Pauses(store, now=now, stop=stop, asked_by=ASKS_WITHOUT_WORDS)
    rhythm = rhythm_of(settings.collect)
    new, done, failed, finished = 0, 0, 0, 0

    async def one(feed: Feed) -> None:
        nonlocal new, done, failed, finished
        try:
            added = await _poll_feed(store, world, rhythm, feed, permit=pauses, now=now)
            new, done = new + added, done + 1  # not `new += await`: others count while this one waits
            network_is_away(store, feed.asked, None, now=now)
        except NotNowError:
            pass  # it is still due
        except (FetchError, FeedError, ReadError) as error:
            failed += 1
            if network_is_away(store, feed.asked, error, now=now):
                store.feeds.postpone(feed, until=now + RETURNS_IN)
            else:
                _feed_failed(store, settings, feed, error, pauses=pauses, now=now)
        finished += 1
        progress("poll", finished, len(due))

    def is_over() -> bool:
        return stop() or (not was_away and store.absences.network_away_since() is not None)

    with store.feeds.together(now=now):
        await for_each(due, one, hosts=world.fetcher.hosts, stop=is_over)
    away = store.absences.network_away_since() is not None
    return StepCount("poll", done, failed, f"{new} new articles{'; the network seems to be away' * away}")


def _probes(due: Sequence[Feed]) -> list[Feed]:
    """Choose one feed for each of a few hosts."""
    first: dict[str, Feed] = {}
    for feed in due:
        first.setdefault(host_of(feed.asked), feed)
    return list(first.values())[:PROBES]


async def _poll_feed(
    store: Store, world: World, rhythm: Rhythm, feed: Feed, *, permit: Permit, now: datetime
) -> int:
    """Ask one feed; return how many of its articles are new."""
    whole = is_full_due(now=now, full_at=feed.full_at, last_modified=feed.last_modified)
    etag, last_modified = (None, None) if whole else (feed.etag, feed.last_modified)
    page = await world.fetcher.fetch(
        feed.asked, etag=etag, last_modified=last_modified, feed=feed.url, permit=permit
    )
    polled = partial(good_poll, feed, page, now=now, rhythm=rhythm)
    if page.status == 304:
        store.feeds.checked(feed, polled(PollOutcome.NOT_MODIFIED), now=now)
        return 0
    body_hash = sha256(page.body).hexdigest()
    if body_hash == feed.body_hash:
        store.feeds.checked(feed, polled(PollOutcome.SAME_BODY), now=now)
        return 0
    parsed = await world.workers.call(parse_feed, page.body, url=page.url, content_type=page.content_type)

    def read(news: int) -> GoodPoll:
        outcome = PollOutcome.NEWS if news else PollOutcome.NOTHING_NEW
        return polled(outcome, news=news, wish=parsed.wish, body_hash=body_hash, trouble=parsed.trouble)

    return store.articles.add_entries(feed, believed(parsed.entries, now=now), now=now, polled=read)


def _feed_failed(
    store: Store,
    settings: Settings,
    feed: Feed,
    error: FetchError | FeedError | ReadError,
    *,
    pauses: Pauses,
    now: datetime,
) -> None:
    """Write a failed poll; a server that asks for a pause gets it for the whole host."""
    pause = pauses.heed(error)
    status = error.status if isinstance(error, FetchError) else None
    is_back = is_back_due(feed, now=now, is_gone=status == GONE)
    is_gone = status == GONE and not is_back
    due = next_retry(
        now=now,
        failures=feed.failures + 1,
        every=rhythm_of(settings.collect).start,
        retry_after=pause,
        is_missing=status == MISSING,
        key=feed.url,
    )
    store.feeds.failed(
        feed,
        now=now,
        next_check_at=due,
        error=error.why + (GONE_FOR_GOOD if is_gone else ""),
        cause=error.cause,
        is_gone=is_gone,
        is_back=is_back,
    )
    log.warning("feed failed url=%s failures=%d why=%s", feed.url, feed.failures + 1, error.why)


def rhythm_of(settings: CollectSettings) -> Rhythm:
    """Take how often feeds are asked from the settings: poll_minutes is always within the bounds."""
    start, shortest, longest = (
        timedelta(minutes=minutes)
        for minutes in (settings.poll_minutes, settings.poll_minutes_min, settings.poll_minutes_max)
    )
    return Rhythm(start, min(start, shortest), max(start, longest))
