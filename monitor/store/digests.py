"""The digests as they were shown."""

from __future__ import annotations

from datetime import date, datetime

from sqlite_utils import Database

from monitor.store.rows import select, to_moment, to_moment_or_none, to_text, writing


class Digests:
    """Everything stored about digests. Bodies are JSON; monitor.report knows what they mean."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def period(self, day: date) -> tuple[datetime | None, datetime] | None:
        """Return what the stored digest of a day covers, (since, until]; None if there is none."""
        rows = select(self._db, "SELECT since_at, until_at FROM digests WHERE day = ?", day.isoformat())
        return (to_moment_or_none(rows[0]["since_at"]), to_moment(rows[0]["until_at"])) if rows else None

    def until_before(self, day: date) -> datetime | None:
        """Return where the last digest before a day ended; None if there is none."""
        rows = select(
            self._db,
            "SELECT max(until_at) AS until_at FROM digests WHERE day < ? AND taken_back = 0",
            day.isoformat(),
        )
        return to_moment_or_none(rows[0]["until_at"])

    def body(self, day: date) -> str | None:
        """Return the stored digest of a day."""
        rows = select(self._db, "SELECT body FROM digests WHERE day = ?", day.isoformat())
        return rows[0]["body"] if rows else None

    def put(self, day: date, *, since: datetime | None, until: datetime, body: str) -> None:
        """Store the digest of a day in place of an earlier one of the same day."""
        with writing(self._db) as conn:
            conn.execute(
                """
                INSERT INTO digests (day, since_at, until_at, body)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (day) DO UPDATE
                SET since_at = excluded.since_at, until_at = excluded.until_at, body = excluded.body,
                    taken_back = 0
                """,
                (day.isoformat(), to_text(since), to_text(until), body),
            )

    def last_day(self) -> date | None:
        """Return the day of the newest stored digest that stands."""
        rows = select(self._db, "SELECT max(day) AS day FROM digests WHERE taken_back = 0")
        return date.fromisoformat(rows[0]["day"]) if rows[0]["day"] else None
