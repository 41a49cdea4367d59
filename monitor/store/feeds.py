"""The feeds, their polling state, and the hosts that asked for a pause."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.config import FeedSettings
from monitor.records import FailingFeed, Feed
from monitor.store.rows import select, to_moment, to_text, writing

WRITTEN_TOGETHER = 100  # feeds without news to a transaction

Write = Callable[[sqlite3.Connection], None]


class Feeds:
    """Everything stored about feeds and hosts."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._group: list[Write] | None = None

    def sync(self, feeds: Sequence[FeedSettings], *, now: datetime) -> None:
        """Make the listed feeds those of the config. A new one is due at once; a removed one keeps its entries."""
        with writing(self._db) as conn:
            conn.execute("UPDATE feeds SET listed = 0")
            conn.executemany(
                """
                INSERT INTO feeds (url, name, lang, next_check_at)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (url) DO UPDATE
                SET listed = 1, name = excluded.name, lang = excluded.lang
                """,
                [(feed.url, feed.name, feed.lang, to_text(now)) for feed in feeds],
            )

    def due(self, *, now: datetime, limit: int = 10_000) -> list[Feed]:
        """Return the listed feeds whose time has come, longest waiting first."""
        rows = select(
            self._db,
            """
            SELECT * FROM feeds
            WHERE listed = 1 AND next_check_at <= ?
            ORDER BY next_check_at, id
            LIMIT ?
            """,
            to_text(now),
            limit,
        )
        return [_feed(row) for row in rows]

    def checked(
        self,
        feed: Feed,
        *,
        now: datetime,
        next_check_at: datetime,
        etag: str | None,
        last_modified: str | None,
        trouble: str | None = None,
    ) -> None:
        """Write that a feed gave a good answer (200 or 304), with its new validators; see together."""
        self._write(
            lambda conn: write_feed_checked(
                conn,
                feed,
                now=now,
                next_check_at=next_check_at,
                etag=etag,
                last_modified=last_modified,
                trouble=trouble,
            )
        )

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write good answers without news in groups while this lasts, for a commit costs as much as the question.

        A crash forgets a group at most: those feeds are due still, and asked again.
        """
        self._group = []
        try:
            yield
        finally:
            self._write_group()
            self._group = None

    def _write(self, write: Write) -> None:
        if self._group is None:
            with writing(self._db) as conn:
                write(conn)
        else:
            self._group.append(write)
            if len(self._group) >= WRITTEN_TOGETHER:
                self._write_group()

    def _write_group(self) -> None:
        if self._group:
            with writing(self._db) as conn:
                for write in self._group:
                    write(conn)
            self._group.clear()

    def failed(self, feed: Feed, *, now: datetime, next_check_at: datetime, error: str) -> None:
        """Write that a try failed; the first failure in a row sets failing_since."""
        with writing(self._db) as conn:
            conn.execute(
                """
                UPDATE feeds
                SET last_checked_at = ?, next_check_at = ?, failures = failures + 1,
                    failing_since = coalesce(failing_since, ?), last_error = ?
                WHERE id = ?
                """,
                (to_text(now), to_text(next_check_at), to_text(now), error, feed.id),
            )

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
        """Return the hosts that must not be asked yet, each with the end of its pause."""
        rows = select(self._db, "SELECT host, not_before FROM hosts WHERE not_before > ?", to_text(now))
        return {row["host"]: to_moment(row["not_before"]) for row in rows}

    def listed(self) -> int:
        """Count the feeds of the config."""
        return int(select(self._db, "SELECT count(*) AS n FROM feeds WHERE listed = 1")[0]["n"])

    def next_due(self) -> datetime | None:
        """Return when the next listed feed is due; None without feeds."""
        rows = select(self._db, "SELECT min(next_check_at) AS due FROM feeds WHERE listed = 1")
        return to_moment(rows[0]["due"]) if rows[0]["due"] else None


def write_feed_checked(
    conn: sqlite3.Connection,
    feed: Feed,
    *,
    now: datetime,
    next_check_at: datetime,
    etag: str | None,
    last_modified: str | None,
    trouble: str | None,
) -> None:
    """Write a good answer inside somebody's transaction (with the entries it brought)."""
    conn.execute(
        """
        UPDATE feeds
        SET last_checked_at = ?, last_good_at = ?, next_check_at = ?, etag = ?, last_modified = ?,
            failures = 0, failing_since = NULL, last_error = ?
        WHERE id = ?
        """,
        (to_text(now), to_text(now), to_text(next_check_at), etag, last_modified, trouble, feed.id),
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
    )
