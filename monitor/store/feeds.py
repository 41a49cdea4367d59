"""The feeds, their polling state, and the hosts that asked for a pause."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.collect.schedule import LONGEST_WAIT, is_silent
from monitor.config import FeedSettings
from monitor.errors import Cause
from monitor.feed_records import FailingFeed, Feed, FeedDetails, GoodPoll, SilentFeed
from monitor.store.rows import select, to_moment, to_moment_or_none, to_seconds, to_text, to_wait, writing

ASKED = "listed = 1 AND paused = 0 AND gone_at IS NULL"  # which feeds are polled at all

WRITTEN_TOGETHER = 100  # feeds without news to a transaction


class Feeds:
    """Everything stored about feeds and hosts."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._group: list[tuple[Feed, GoodPoll]] | None = None

    def sync(self, feeds: Sequence[FeedSettings], *, now: datetime) -> None:
        """Make the listed feeds those of the config.

        A new one is due at once; a removed one keeps its entries. One that was gone is asked again once a person
        lists it anew or ends its pause.
        """
        with writing(self._db) as conn:
            conn.executemany(
                """
                INSERT INTO feeds (url, name, lang, paused, next_check_at)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (url) DO UPDATE
                SET gone_at = iif(feeds.listed = 0 OR feeds.paused > excluded.paused, NULL, gone_at),
                    listed = 1, name = excluded.name, lang = excluded.lang, paused = excluded.paused
                """,
                [(feed.url, feed.name, feed.lang, feed.paused, to_text(now)) for feed in feeds],
            )
            conn.execute(
                "UPDATE feeds SET listed = 0 WHERE url NOT IN (SELECT value FROM json_each(?))",
                (json.dumps([feed.url for feed in feeds]),),
            )

    def due(self, *, now: datetime, limit: int = 10_000) -> list[Feed]:
        """Return the listed feeds whose time has come, longest waiting first.

        Nobody waits longer than LONGEST_WAIT: what lies further ahead was written by a clock that was set back
        since (FAILURES, case 36), and has come too.
        """
        rows = select(
            self._db,
            f"""
            SELECT * FROM feeds
            WHERE {ASKED} AND (next_check_at <= ? OR next_check_at > ?)
            ORDER BY next_check_at, id
            LIMIT ?
            """,
            to_text(now),
            to_text(now + LONGEST_WAIT),
            limit,
        )
        return [_feed(row) for row in rows]

    def checked(self, feed: Feed, poll: GoodPoll, *, now: datetime) -> None:
        """Write that a feed gave a good answer without anything to read; see together."""
        if self._group is None:
            with writing(self._db) as conn:
                write_good_polls(conn, [(feed, poll)], now=now)
            return
        self._group.append((feed, poll))
        if len(self._group) >= WRITTEN_TOGETHER:
            self._write_group(now)

    @contextmanager
    def together(self, *, now: datetime) -> Iterator[None]:
        """Write good answers without news in groups while this lasts, for a commit costs as much as the question.

        A crash forgets a group at most: those feeds are due still, and asked again.
        """
        self._group = []
        try:
            yield
        finally:
            self._write_group(now)
            self._group = None

    def _write_group(self, now: datetime) -> None:
        if self._group:
            with writing(self._db) as conn:
                write_good_polls(conn, self._group, now=now)
            self._group.clear()

    def failed(
        self,
        feed: Feed,
        *,
        now: datetime,
        next_check_at: datetime,
        error: str,
        cause: str = Cause.OTHER,
        is_gone: bool = False,
        is_back: bool = False,
    ) -> None:
        """Write that a try failed; the first failure in a row sets failing_since.

        cause: what it is counted under. is_gone: it is not asked again. is_back: it is asked at its own address
        again; the validators, which were another's, are forgotten.
        """
        with writing(self._db) as conn:
            conn.execute(
                """
                UPDATE feeds
                SET last_checked_at = :now, next_check_at = :next, failures = failures + 1,
                    failing_since = coalesce(failing_since, :now), last_error = :error,
                    gone_at = iif(:gone, :now, NULL), moved_to = NULL, moved_good = 0,
                    address = iif(:back, NULL, address), etag = iif(:back, NULL, etag),
                    last_modified = iif(:back, NULL, last_modified)
                WHERE id = :id
                """,
                {
                    "id": feed.id,
                    "now": to_text(now),
                    "next": to_text(next_check_at),
                    "error": error,
                    "gone": is_gone,
                    "back": is_back,
                },
            )
            _count_polls(conn, {cause: 1}, now=now)

    def postpone(self, feed: Feed, *, until: datetime) -> None:
        """Ask a feed later; that is no failed try."""
        with writing(self._db) as conn:
            conn.execute("UPDATE feeds SET next_check_at = ? WHERE id = ?", (to_text(until), feed.id))

    def failing(self) -> list[FailingFeed]:
        """Return the listed feeds that fail, longest failing first."""
        rows = select(
            self._db,
            """
            SELECT name, url, failing_since, failures, last_error FROM feeds
            WHERE listed = 1 AND failures > 0
            ORDER BY failing_since, name
            """,
        )
        return [
            FailingFeed(
                row["name"], row["url"], to_moment(row["failing_since"]), row["failures"], row["last_error"]
            )
            for row in rows
        ]

    def silent(self) -> list[SilentFeed]:
        """Return the feeds that answer well and bring nothing for longer than they ever did, longest first."""
        rows = select(
            self._db,
            f"SELECT * FROM feeds WHERE {ASKED} AND failures = 0 ORDER BY last_news_at, name",
        )
        return [
            SilentFeed(feed.name, feed.url, feed.last_news_at, feed.longest_silence)
            for feed in map(_feed, rows)
            if feed.last_news_at
            and is_silent(
                last_news_at=feed.last_news_at, last_good_at=feed.last_good_at, longest=feed.longest_silence
            )
        ]

    def details(self, *, now: datetime) -> list[FeedDetails]:
        """Return how polling goes for each listed feed, by name; entries are counted up to now."""
        rows = select(
            self._db,
            """
            SELECT feeds.*, total(first_seen_at > ?) AS entries_7d, count(first_seen_at) AS entries_28d
            FROM feeds LEFT JOIN entries
            ON entries.feed_id = feeds.id AND first_seen_at > ?
            WHERE listed = 1
            GROUP BY feeds.id
            ORDER BY name, url
            """,
            to_text(now - timedelta(days=7)),
            to_text(now - timedelta(days=28)),
        )
        return [_details(row) for row in rows]

    def ask_again(self, url: str, *, now: datetime) -> None:
        """Make a feed due whose server said that it is gone."""
        with writing(self._db) as conn:
            conn.execute(
                """
                UPDATE feeds
                SET gone_at = NULL, next_check_at = ?
                WHERE url = ?
                """,
                (to_text(now), url),
            )

    def block_host(self, host: str, *, now: datetime, pause: timedelta, reason: str) -> None:
        """Leave a host alone for a while; a longer pause that already holds stays."""
        with writing(self._db) as conn:
            conn.execute("DELETE FROM hosts WHERE not_before <= ?", (to_text(now),))
            conn.execute(
                """
                INSERT INTO hosts (host, not_before, reason)
                VALUES (?, ?, ?)
                ON CONFLICT (host) DO UPDATE
                SET not_before = excluded.not_before, reason = excluded.reason
                WHERE excluded.not_before > not_before
                """,
                (host, to_text(now + pause), reason),
            )

    def blocked_hosts(self, *, now: datetime) -> dict[str, datetime]:
        """Return the hosts that must not be asked yet, each with the end of its pause; a pause is no longer
        than LONGEST_WAIT, as in `due`.
        """
        rows = select(
            self._db,
            "SELECT host, not_before FROM hosts WHERE not_before > ? AND not_before <= ?",
            to_text(now),
            to_text(now + LONGEST_WAIT),
        )
        return {row["host"]: to_moment(row["not_before"]) for row in rows}

    def listed(self) -> int:
        """Count the feeds of the config."""
        return int(select(self._db, "SELECT count(*) AS n FROM feeds WHERE listed = 1")[0]["n"])

    def next_due(self) -> datetime | None:
        """Return when the next feed is due; None without feeds that are asked."""
        rows = select(self._db, f"SELECT min(next_check_at) AS due FROM feeds WHERE {ASKED}")
        return to_moment(rows[0]["due"]) if rows[0]["due"] else None


def write_good_polls(conn: sqlite3.Connection, polls: Sequence[tuple[Feed, GoodPoll]], *, now: datetime) -> None:
    """Write good answers inside somebody's transaction (with the entries they brought)."""
    moment = to_text(now)
    conn.executemany(
        """
        UPDATE feeds
        SET last_checked_at = ?1, last_good_at = ?1, next_check_at = ?2, etag = ?3, last_modified = ?4,
            every_s = ?5, wish_s = ?6, address = ?7, moved_to = ?8, moved_good = ?9, body_hash = ?10,
            full_at = ?11, last_news_at = ?12, longest_silence_s = ?13, last_error = ?14,
            failures = 0, failing_since = NULL, gone_at = NULL
        WHERE id = ?15
        """,
        [
            (
                moment,
                to_text(poll.next_check_at),
                poll.etag,
                poll.last_modified,
                to_seconds(poll.every),
                to_seconds(poll.wish),
                poll.address,
                poll.moved_to,
                poll.moved_good,
                poll.body_hash,
                to_text(poll.full_at),
                to_text(poll.last_news_at),
                to_seconds(poll.longest_silence),
                poll.trouble,
                feed.id,
            )
            for feed, poll in polls
        ],
    )
    _count_polls(conn, Counter(poll.outcome for _, poll in polls), now=now)


def _count_polls(conn: sqlite3.Connection, outcomes: Mapping[str, int], *, now: datetime) -> None:
    conn.executemany(
        """
        INSERT INTO tallies (day, outcome, polls)
        VALUES (?1, ?2, ?3)
        ON CONFLICT (day, outcome) DO UPDATE
        SET polls = polls + excluded.polls
        """,
        [(to_text(now)[:10], outcome, polls) for outcome, polls in outcomes.items()],
    )


def _feed(row: sqlite3.Row) -> Feed:
    return Feed(
        id=row["id"],
        url=row["url"],
        name=row["name"],
        lang=row["lang"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        next_check_at=to_moment(row["next_check_at"]),
        failures=row["failures"],
        failing_since=to_moment_or_none(row["failing_since"]),
        address=row["address"],
        moved_to=row["moved_to"],
        moved_good=row["moved_good"],
        body_hash=row["body_hash"],
        full_at=to_moment_or_none(row["full_at"]),
        every=to_wait(row["every_s"]),
        wish=to_wait(row["wish_s"]),
        last_good_at=to_moment_or_none(row["last_good_at"]),
        last_news_at=to_moment_or_none(row["last_news_at"]),
        longest_silence=to_wait(row["longest_silence_s"]),
        trouble=None if row["failures"] else row["last_error"],
    )


def _details(row: sqlite3.Row) -> FeedDetails:
    return FeedDetails(
        name=row["name"],
        url=row["url"],
        address=row["address"],
        lang=row["lang"],
        paused=bool(row["paused"]),
        gone_at=to_moment_or_none(row["gone_at"]),
        last_checked_at=to_moment_or_none(row["last_checked_at"]),
        last_good_at=to_moment_or_none(row["last_good_at"]),
        last_news_at=to_moment_or_none(row["last_news_at"]),
        failures=row["failures"],
        failing_since=to_moment_or_none(row["failing_since"]),
        last_error=row["last_error"],
        every=to_wait(row["every_s"]),
        wish=to_wait(row["wish_s"]),
        longest_silence=to_wait(row["longest_silence_s"]),
        next_check_at=to_moment(row["next_check_at"]),
        entries_7d=int(row["entries_7d"]),
        entries_28d=row["entries_28d"],
    )
