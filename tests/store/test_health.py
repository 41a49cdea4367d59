"""What says whether the work goes on, from a real database."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database

from monitor.config import FeedSettings
from monitor.records import StepCount
from monitor.store import Store, open_store
from monitor.store.migrations import migrations
from tests.store.filling import DAM, NOW, baseline, known_article, read, revision_of

HOUR = timedelta(hours=1)


def tally(store: Store, day: str, outcome: str, polls: int) -> None:
    with store.db.conn as conn:
        conn.execute("INSERT INTO tallies (day, outcome, polls) VALUES (?, ?, ?)", (day, outcome, polls))


def test_polls_are_counted_by_outcome_from_a_day_on() -> None:
    """The share of 304 answers and the causes of failures, over the days that are asked for."""
    with open_store(":memory:") as store:
        assert store.health.polls(since=date.min) == {}
        tally(store, "2026-11-20", "news", 100)
        tally(store, "2026-11-21", "news", 2)
        tally(store, "2026-11-21", "not modified", 7)
        tally(store, "2026-11-22", "not modified", 1)
        assert store.health.polls(since=date(2026, 11, 21)) == {"not modified": 8, "news": 2}
        assert list(store.health.polls(since=date.min)) == ["news", "not modified"]


def test_the_oldest_pending_row_of_each_step_is_found() -> None:
    """A row that waits for days says which step does not keep up; what is not due yet does not wait."""
    with open_store(":memory:") as store:
        assert store.health.waiting_since(now=NOW) == {}
        store.claims.sync(baseline(DAM), now=NOW)
        store.feeds.sync([FeedSettings(url="https://g.example/feed", name="Gazette")], now=NOW - HOUR)
        waiting = known_article(store, "https://g.example/1")
        article = known_article(store, "https://g.example/2")
        version = read(store, article, "The dam broke.")
        found = store.health.waiting_since(now=NOW)
        assert set(found) == {"poll", "read", "judge"}
        assert found["judge"] == NOW
        judge_id = store.findings.judge_id("tiny", "rules-1", now=NOW)
        store.findings.add_judgement(version, revision_of(store, DAM), judge_id, [], candidates=0, now=NOW)
        store.articles.postpone(waiting, until=NOW + HOUR, why="busy")
        assert set(store.health.waiting_since(now=NOW)) == {"poll"}
        assert store.health.waiting_since(now=NOW + 2 * HOUR)["read"] == NOW + HOUR


def test_the_size_of_the_files_is_told(tmp_path: Path) -> None:
    """A log that is never folded in fills the disk."""
    with open_store(tmp_path / "monitor.db") as store:
        store.claims.sync(baseline(DAM), now=NOW)
        file_bytes, log_bytes = store.health.bytes()
        assert log_bytes == (tmp_path / "monitor.db-wal").stat().st_size > 0
        store.tidy()
        assert store.health.bytes() == ((tmp_path / "monitor.db").stat().st_size, 0)
        assert file_bytes <= store.health.bytes()[0]
    with open_store(":memory:") as store:
        assert store.health.bytes() == (0, 0)


def test_m007_keeps_the_rounds_that_were_not_timed(tmp_path: Path) -> None:
    """Rounds of before stay, without a duration."""
    path = tmp_path / "monitor.db"
    old = Database(path)
    migrations.apply(old, stop_before="m007_add_seconds")
    with old.conn as conn:
        conn.execute(
            "INSERT INTO rounds (step, finished_at, done, failed, note) VALUES ('poll', ?, 3, 1, '')",
            ("2026-11-22T06:04:20Z",),
        )
    old.close()
    with open_store(path) as store:
        assert store.rounds.last() == [(StepCount("poll", 3, 1, seconds=None), NOW)]
        store.rounds.add([StepCount("poll", 4, 0, seconds=1.5)], now=NOW)
        assert store.rounds.last() == [(StepCount("poll", 4, 0, seconds=1.5), NOW)]
