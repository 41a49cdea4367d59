"""When nobody watched, and what a clock that was wrong planned."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from monitor.collect.outage import HOSTS_AT_LEAST, Absence, AbsenceCause
from monitor.store import Store, open_store
from monitor.store.migrations import migrations
from tests.store.filling import COURRIER, DAY, GAZETTE, HOUR, NOW, feed_of, known_article

HOSTS = [f"g{n}.example" for n in range(HOSTS_AT_LEAST)]


@pytest.fixture
def store() -> Iterator[Store]:
    """Two feeds that are due."""
    with open_store(":memory:") as store:
        store.feeds.sync([GAZETTE, COURRIER], now=NOW)
        yield store


def test_an_older_database_gains_the_tables_and_its_digests_stand() -> None:
    """A release that finds rows must leave them as they are."""
    db = Database(sqlite3.connect(":memory:"))
    migrations.apply(db, stop_before="m006_add_absences")
    db.execute("INSERT INTO digests VALUES ('2026-11-22', NULL, '2026-11-22T07:00:00Z', '{}')")
    migrations.apply(db)
    assert {"absences", "unreached"} <= set(db.table_names())
    assert [tuple(row.values()) for row in db.query("SELECT day, taken_back FROM digests")] == [("2026-11-22", 0)]


def test_one_dead_host_or_two_are_no_lost_network(store: Store) -> None:
    """They fail for themselves, however often."""
    for host in [*HOSTS[:-1], HOSTS[0]]:
        assert not store.absences.unreached(host, now=NOW)
    assert store.absences.network_away_since() is None
    assert store.absences.unreached(HOSTS[-1], now=NOW + HOUR)
    assert store.absences.network_away_since() == NOW


def test_any_host_that_answers_ends_the_absence(store: Store) -> None:
    """It is told if it was long; what failed in it did not fail, and what failed before still does."""
    before, during = (feed_of(store, feed) for feed in (GAZETTE, COURRIER))
    store.feeds.failed(before, now=NOW - DAY, next_check_at=NOW + 9 * HOUR, error="gone mad")
    store.feeds.failed(during, now=NOW + HOUR, next_check_at=NOW + 9 * HOUR, error="no connection")
    for host in HOSTS:
        store.absences.unreached(host, now=NOW)
    store.absences.reached(now=NOW + 3 * HOUR)
    assert store.absences.network_away_since() is None
    assert store.absences.between(None, NOW + DAY) == [Absence(NOW, NOW + 3 * HOUR, AbsenceCause.NETWORK)]
    assert [(feed.name, feed.failures) for feed in store.feeds.failing()] == [("Gazette", 1)]
    assert store.feeds.next_due() is not None
    assert store.feeds.next_due() < NOW + 4 * HOUR  # type: ignore[operator]  # not None


def test_a_short_absence_is_forgotten(store: Store) -> None:
    """Three quick failures before the first answer of a round are no absence."""
    for host in HOSTS:
        store.absences.unreached(host, now=NOW)
    store.absences.reached(now=NOW + HOUR / 60)
    assert store.absences.between(None, NOW + DAY) == []
    assert store.absences.network_away_since() is None


def test_absences_belong_to_the_digests_they_touch(store: Store) -> None:
    """One that ended when a digest began was told by the one before."""
    absence = Absence(NOW, NOW + HOUR, AbsenceCause.STOPPED)
    for until in (NOW + HOUR / 2, NOW + HOUR):  # told twice, it has grown
        store.absences.add(Absence(NOW, until, AbsenceCause.STOPPED))
    assert store.absences.between(NOW - DAY, NOW + DAY) == [absence]
    assert store.absences.between(NOW + HOUR / 2, NOW + DAY) == [absence]
    assert store.absences.between(NOW + HOUR, NOW + DAY) == []
    assert store.absences.between(None, NOW) == []


def test_what_a_clock_that_was_ahead_planned_is_brought_near(store: Store) -> None:
    """Nothing waits for a day that is far off; what is planned for today stays."""
    far, near = NOW + 30 * DAY, NOW + HOUR
    article = known_article(store, "https://gazette.example/1")
    gazette, courrier = (feed_of(store, feed) for feed in (GAZETTE, COURRIER))
    store.feeds.postpone(gazette, until=far)
    store.feeds.postpone(courrier, until=near)
    store.articles.postpone(article, until=far, why="the network")
    store.feeds.block_host("g.example", now=far, pause=HOUR, reason="busy")
    store.clock_set_back(now=NOW)
    assert {feed.name: feed.next_check_at for feed in store.feeds.due(now=near)} == {
        "Gazette": NOW,
        "Courrier": near,
    }
    assert [one.url for one in store.articles.to_read(now=NOW, limit=9)] == [article.url]
    assert store.feeds.blocked_hosts(now=NOW) == {}


def test_a_digest_of_the_future_is_still_to_come(store: Store) -> None:
    """It is made again when its day comes, from where the last that stands ended."""
    today, ahead = NOW.date(), NOW.date() + 3 * DAY
    store.digests.put(today, since=None, until=NOW, body="today")
    store.digests.put(ahead, since=NOW, until=NOW + 3 * DAY, body="ahead")
    store.clock_set_back(now=NOW + HOUR)
    assert store.digests.last_day() == today
    assert store.digests.until_before(ahead + DAY) == NOW
    assert store.digests.body(ahead) == "ahead"
    store.digests.put(ahead, since=NOW, until=NOW + 3 * DAY, body="again")
    assert store.digests.last_day() == ahead
