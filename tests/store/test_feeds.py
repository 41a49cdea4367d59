"""Feeds, the hosts that asked for a pause, digests, rounds, and the values in the columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.config import FeedSettings
from monitor.feed_records import FailingFeed, GoodPoll, PollOutcome
from monitor.records import StepCount
from monitor.store import Store, open_store
from monitor.store.feeds import Feeds
from monitor.store.migrations import migrations
from monitor.store.rounds import KEPT
from monitor.store.rows import text_hash, to_moment, to_moment_or_none, to_text
from tests.store.filling import COURRIER, DAY, GAZETTE, HOUR, NOW, bring, entry, feed_of

HOST = "g.example"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a real file."""
    with open_store(tmp_path / "monitor.db") as opened:
        yield opened


def checked(store: Store, settings: FeedSettings = GAZETTE, *, trouble: str | None = None) -> None:
    """Let a feed answer well."""
    poll = GoodPoll(
        PollOutcome.NOT_MODIFIED,
        NOW + HOUR,
        etag='W/"b-gzip"',
        last_modified="yesterday",
        trouble=trouble,
    )
    store.feeds.checked(feed_of(store, settings), poll, now=NOW)


def failed(store: Store, settings: FeedSettings = GAZETTE, *, now: datetime = NOW) -> None:
    """Let a feed fail."""
    store.feeds.failed(feed_of(store, settings), now=now, next_check_at=now + HOUR, error="answered 503")


# Feeds -----------------------------------------------------------------------------------------


def test_without_feeds_nothing_is_due(store: Store) -> None:
    """None tells that there is nothing to wait for."""
    assert store.feeds.due(now=NOW) == []
    assert store.feeds.next_due() is None


def test_a_new_feed_is_due_at_once(store: Store) -> None:
    """A person who adds a feed sees it polled in the next round."""
    store.feeds.sync([GAZETTE], now=NOW)
    (feed,) = store.feeds.due(now=NOW)
    assert (feed.url, feed.name, feed.lang) == (GAZETTE.url, "Gazette", "en")
    assert (feed.etag, feed.last_modified, feed.failures, feed.next_check_at) == (None, None, 0, NOW)


def test_a_restart_polls_nothing_again(store: Store) -> None:
    """When a feed is due lives in the database; syncing the config does not touch it."""
    checked(store)
    store.feeds.sync([GAZETTE], now=NOW)
    assert store.feeds.due(now=NOW) == []
    assert store.feeds.next_due() == NOW + HOUR
    (feed,) = store.feeds.due(now=NOW + HOUR)
    assert (feed.etag, feed.last_modified) == ('W/"b-gzip"', "yesterday")


def test_a_removed_feed_is_left_alone_and_keeps_its_entries(store: Store) -> None:
    """Its articles stay, it is not polled, and it comes back with what it knew."""
    bring(store, feed_of(store), entry("https://g.example/1"))
    failed(store)
    store.feeds.sync([COURRIER], now=NOW + 9 * DAY)
    assert [feed.url for feed in store.feeds.due(now=NOW + 9 * DAY)] == [COURRIER.url]
    assert store.feeds.failing() == []
    store.feeds.sync([FeedSettings(url=GAZETTE.url, name="Gazette (new)")], now=NOW + 9 * DAY)
    (feed,) = store.feeds.due(now=NOW + 9 * DAY)
    assert (feed.name, feed.lang, feed.etag, feed.failures) == ("Gazette (new)", None, '"a"', 1)
    assert store.count("entries") == 1


def test_only_listed_feeds_are_counted(store: Store) -> None:
    """`monitor status` speaks of the config, not of what it once was."""
    store.feeds.sync([GAZETTE, COURRIER], now=NOW)
    store.feeds.sync([COURRIER], now=NOW)
    assert (store.feeds.listed(), store.count("feeds")) == (1, 2)


def test_due_feeds_come_longest_waiting_first(store: Store) -> None:
    """A limit must not starve the last ones."""
    store.feeds.sync([GAZETTE], now=NOW)
    store.feeds.sync([GAZETTE, COURRIER], now=NOW - HOUR)
    assert [feed.name for feed in store.feeds.due(now=NOW)] == ["Courrier", "Gazette"]
    assert [feed.name for feed in store.feeds.due(now=NOW, limit=1)] == ["Courrier"]


def test_failures_are_counted_from_the_first_in_a_row(store: Store) -> None:
    """The digest says which feeds are down, and since when; a good answer ends it."""
    failed(store, now=NOW)
    failed(store, now=NOW + HOUR)
    failed(store, COURRIER, now=NOW - DAY)
    assert store.feeds.failing() == [
        FailingFeed("Courrier", COURRIER.url, NOW - DAY, 1, "answered 503"),
        FailingFeed("Gazette", GAZETTE.url, NOW, 2, "answered 503"),
    ]
    checked(store)
    checked(store, COURRIER, trouble="not well-formed")
    assert store.feeds.failing() == []
    failed(store, now=NOW + DAY)
    assert [feed.since for feed in store.feeds.failing()] == [NOW + DAY]


def test_a_paused_feed_is_not_due(store: Store) -> None:
    """The config says so; when the pause ends, it is due as it was."""
    store.feeds.sync([GAZETTE, COURRIER.model_copy(update={"paused": True})], now=NOW)
    assert [feed.name for feed in store.feeds.due(now=NOW)] == ["Gazette"]
    assert [feed.paused for feed in store.feeds.details(now=NOW)] == [True, False]
    store.feeds.sync([GAZETTE, COURRIER], now=NOW)
    assert [feed.name for feed in store.feeds.due(now=NOW)] == ["Gazette", "Courrier"]


def test_the_details_of_a_feed_count_its_entries_of_late(store: Store) -> None:
    """What `monitor feeds check` shows: of all that is known, and nothing of feeds that were removed."""
    store.feeds.sync([GAZETTE], now=NOW)
    for number, days in enumerate((30, 20, 6, 0)):
        bring(store, feed_of(store), entry(f"https://g.example/{number}"), now=NOW - days * DAY)
    store.feeds.sync([GAZETTE, COURRIER], now=NOW)
    silent, lively = store.feeds.details(now=NOW)
    assert (silent.name, silent.entries_7d, silent.entries_28d, silent.last_good_at) == ("Courrier", 0, 0, None)
    assert (lively.name, lively.entries_7d, lively.entries_28d, lively.last_good_at) == ("Gazette", 2, 3, NOW)
    assert (lively.url, lively.address, lively.gone_at, lively.paused) == (GAZETTE.url, None, None, False)
    store.feeds.sync([COURRIER], now=NOW)
    assert [feed.name for feed in store.feeds.details(now=NOW)] == ["Courrier"]


def test_an_older_database_gains_the_columns_of_polling_and_keeps_its_feeds() -> None:
    """A release that finds rows leaves them as they are: due as before, and asked for the whole once."""
    db = Database(sqlite3.connect(":memory:"))
    migrations.apply(db, stop_before="m003_add_manners")
    db.execute(
        """
        INSERT INTO feeds (url, name, etag, next_check_at, last_good_at, failures, failing_since, last_error)
        VALUES (?, 'Gazette', '"a"', '2026-11-22T06:04:20Z', '2026-11-21T06:04:20Z', 0, NULL, 'wrong charset'),
               (?, 'Courrier', NULL, '2026-11-22T06:04:20Z', NULL, 3, '2026-11-20T06:04:20Z', 'answered 503')
        """,
        (GAZETTE.url, COURRIER.url),
    )
    migrations.apply(db)
    feeds = Feeds(db)
    gazette, courrier = feeds.due(now=NOW)
    assert (gazette.asked, gazette.etag, gazette.trouble) == (GAZETTE.url, '"a"', "wrong charset")
    assert (gazette.full_at, gazette.every, gazette.body_hash, gazette.moved_good) == (None, None, None, 0)
    assert (courrier.failures, courrier.failing_since, courrier.trouble) == (3, NOW - 2 * DAY, None)
    assert [(one.paused, one.gone_at, one.entries_7d) for one in feeds.details(now=NOW)] == [(False, None, 0)] * 2
    feeds.checked(gazette, GoodPoll(PollOutcome.NOT_MODIFIED, NOW + HOUR, every=HOUR), now=NOW)
    assert [tuple(row.values()) for row in db.query("SELECT * FROM tallies")] == [
        ("2026-11-22", "not modified", 1)
    ]


def test_a_good_poll_is_kept_as_it_was_decided(store: Store) -> None:
    """Every field that the next decision asks for comes back, waits to the second."""
    poll = GoodPoll(
        PollOutcome.NEWS,
        NOW + HOUR,
        etag='W/"b-gzip"',
        last_modified="yesterday",
        every=timedelta(minutes=17, seconds=3),
        wish=timedelta(hours=2),
        address="https://new.example/feed",
        moved_to="https://newer.example/feed",
        moved_good=3,
        body_hash="0f",
        full_at=NOW - HOUR,
        last_news_at=NOW - DAY,
        longest_silence=3 * DAY,
        trouble="not well-formed",
    )
    store.feeds.checked(feed_of(store), poll, now=NOW)
    (feed,) = store.feeds.due(now=NOW + HOUR)
    assert {name: getattr(feed, name) for name in GoodPoll.__slots__ if name != "outcome"} == {
        name: getattr(poll, name) for name in GoodPoll.__slots__ if name != "outcome"
    }
    assert (feed.last_good_at, feed.asked, feed.url) == (NOW, "https://new.example/feed", GAZETTE.url)
    store.feeds.failed(feed, now=NOW + HOUR, next_check_at=NOW + DAY, error="no", cause="timeout", is_back=True)
    (back,) = store.feeds.due(now=NOW + DAY)
    assert (back.asked, back.etag, back.last_modified, back.moved_to) == (GAZETTE.url, None, None, None)
    assert store.health.polls(since=NOW.date()) == {"news": 1, "timeout": 1}


# Hosts -----------------------------------------------------------------------------------------


def test_a_host_is_left_alone_for_as_long_as_it_asked(store: Store) -> None:
    """Retry-After holds for all feeds and articles of a host."""
    store.feeds.block_host(HOST, now=NOW, pause=HOUR, reason="429")
    assert store.feeds.blocked_hosts(now=NOW) == {HOST: NOW + HOUR}
    assert store.feeds.blocked_hosts(now=NOW + HOUR) == {}


def test_a_longer_pause_stays_with_its_reason(store: Store) -> None:
    """A short answer of another page does not open the host early."""
    store.feeds.block_host(HOST, now=NOW, pause=HOUR, reason="429")
    store.feeds.block_host(HOST, now=NOW, pause=timedelta(minutes=1), reason="503")
    assert store.feeds.blocked_hosts(now=NOW) == {HOST: NOW + HOUR}
    assert next(store.db.query("SELECT reason FROM hosts")) == {"reason": "429"}
    store.feeds.block_host(HOST, now=NOW, pause=2 * HOUR, reason="503")
    assert store.feeds.blocked_hosts(now=NOW) == {HOST: NOW + 2 * HOUR}
    assert next(store.db.query("SELECT reason FROM hosts")) == {"reason": "503"}


def test_pauses_that_are_over_are_forgotten(store: Store) -> None:
    """The table stays as small as the trouble is."""
    store.feeds.block_host(HOST, now=NOW, pause=HOUR, reason="429")
    store.feeds.block_host("other.example", now=NOW + DAY, pause=HOUR, reason="429")
    assert store.count("hosts") == 1


# Digests ---------------------------------------------------------------------------------------


def test_before_the_first_digest_there_is_nothing(store: Store) -> None:
    """None everywhere, so that the first digest covers everything."""
    day = NOW.date()
    assert store.digests.period(day) is None
    assert store.digests.until_before(day) is None
    assert store.digests.body(day) is None
    assert store.digests.last_day() is None


def test_a_digest_is_kept_as_it_was_shown(store: Store) -> None:
    """The same day again replaces it; the next day begins where it ended."""
    day = NOW.date()
    store.digests.put(day, since=None, until=NOW, body="{}")
    assert store.digests.period(day) == (None, NOW)
    store.digests.put(day, since=NOW - DAY, until=NOW + HOUR, body='{"claims": []}')
    assert store.count("digests") == 1
    assert store.digests.period(day) == (NOW - DAY, NOW + HOUR)
    assert store.digests.body(day) == '{"claims": []}'
    assert store.digests.until_before(day) is None
    assert store.digests.until_before(day + DAY) == NOW + HOUR
    assert store.digests.last_day() == date(2026, 11, 22)


# Rounds ----------------------------------------------------------------------------------------


def test_the_last_round_of_each_step_is_told(store: Store) -> None:
    """`monitor status` shows what each step did when it ran last."""
    assert store.rounds.last() == []
    store.rounds.add([StepCount("poll", 5, 1), StepCount("digest", 1, 0, "written")], now=NOW)
    store.rounds.add([StepCount("poll", 0, 0)], now=NOW + HOUR)
    assert store.rounds.last() == [
        (StepCount("digest", 1, 0, "written"), NOW),
        (StepCount("poll", 0, 0), NOW + HOUR),
    ]


def test_old_rounds_make_room_but_for_the_last_of_each_step(store: Store) -> None:
    """A daemon that runs for years does not fill the disk, and a step that stopped still shows."""
    store.rounds.add([StepCount("digest", 1, 0)], now=NOW)
    store.rounds.add([StepCount("poll", 1, 0)] * (KEPT + 5), now=NOW)
    assert store.count("rounds") == KEPT + 1
    assert {count.step for count, _ in store.rounds.last()} == {"digest", "poll"}


# Values ----------------------------------------------------------------------------------------

EARLIEST, LATEST = NOW.replace(1, 1, 3, tzinfo=None), NOW.replace(9999, 12, 29, tzinfo=None)
moments = st.datetimes(EARLIEST, LATEST, timezones=st.timezones())


@given(moments)
def test_a_moment_comes_back_to_the_second(moment: datetime) -> None:
    """Whatever its zone and year, what is stored is the same moment in UTC."""
    again = to_moment(to_text(moment))
    assert again == moment.astimezone(UTC).replace(microsecond=0)
    assert again.tzinfo is UTC


@given(moments, moments)
def test_stored_moments_sort_as_moments_do(one: datetime, other: datetime) -> None:
    """Due times and periods are compared as text in SQL."""
    assert (to_text(one) < to_text(other)) == (to_moment(to_text(one)) < to_moment(to_text(other)))


def test_a_moment_is_stored_in_utc() -> None:
    """The one form that the columns know."""
    zone = timezone(timedelta(hours=9))
    assert to_text(datetime(2026, 11, 22, 15, 4, 20, 999_999, tzinfo=zone)) == "2026-11-22T06:04:20Z"
    assert to_text(None) is None
    assert to_moment_or_none(None) is None
    assert to_moment_or_none("2026-11-22T06:04:20Z") == NOW


def test_a_moment_without_a_zone_is_refused() -> None:
    """A guess would move an event by half a day."""
    with pytest.raises(ValueError, match="has no time zone"):
        to_text(NOW.replace(tzinfo=None))


@given(st.text(), st.text())
def test_a_text_has_one_name(one: str, other: str) -> None:
    """Equal texts share a hash, lone surrogates of broken pages included; others do not."""
    assert (text_hash(one) == text_hash(other)) == (one == other)
    assert len(text_hash("\ud800")) == 64
