"""When nobody watched: the daemon was stopped, or the network was away."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.collect.outage import RETURNS_IN, Absence, AbsenceCause, is_network_away, is_worth_telling
from monitor.store.rows import select, to_moment, to_text, writing


class Absences:
    """Everything stored about times without a watch."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._all_heard = False  # True: no host is in unreached, so nobody need be asked after each good poll

    def add(self, absence: Absence) -> None:
        """Store a time without a watch; the same one told again may have grown."""
        with writing(self._db) as conn:
            conn.execute(_ADD, _row(absence))

    def between(self, since: datetime | None, until: datetime) -> list[Absence]:
        """Return those that touch (since, until], oldest first; since None means from the beginning."""
        rows = select(
            self._db,
            """
            SELECT cause, since_at, until_at FROM absences
            WHERE since_at < ? AND (? IS NULL OR until_at > ?)
            ORDER BY since_at, cause
            """,
            to_text(until),
            to_text(since),
            to_text(since),
        )
        return [
            Absence(to_moment(row["since_at"]), to_moment(row["until_at"]), AbsenceCause(row["cause"]))
            for row in rows
        ]

    def network_away_since(self) -> datetime | None:
        """Return since when the network seems to be away; None if it does not."""
        if self._all_heard:
            return None
        row = select(self._db, "SELECT count(*) AS hosts, min(since_at) AS since_at FROM unreached")[0]
        self._all_heard = row["hosts"] == 0
        return to_moment(row["since_at"]) if is_network_away(row["hosts"]) else None

    def unreached(self, host: str, *, now: datetime) -> bool:
        """Write that a host could not be reached; return whether the network seems to be away."""
        self._all_heard = False
        with writing(self._db) as conn:
            conn.execute(
                "INSERT INTO unreached (host, since_at) VALUES (?, ?) ON CONFLICT DO NOTHING", (host, to_text(now))
            )
        return self.network_away_since() is not None

    def reached(self, *, now: datetime) -> None:
        """Write that a host answered. What failed while the network was away did not fail, and is due soon."""
        since = self.network_away_since()
        if self._all_heard:
            return
        with writing(self._db) as conn:
            conn.execute("DELETE FROM unreached")
            if since is not None and is_worth_telling(since, now):
                conn.execute(_ADD, _row(Absence(since, now, AbsenceCause.NETWORK)))
                conn.execute(
                    """
                    UPDATE feeds
                    SET failures = 0, failing_since = NULL, last_error = NULL,
                        next_check_at = min(next_check_at, ?)
                    WHERE failing_since >= ?
                    """,
                    (to_text(now + RETURNS_IN), to_text(since)),
                )


_ADD = """
INSERT INTO absences (cause, since_at, until_at)
VALUES (?, ?, ?)
ON CONFLICT (cause, since_at) DO UPDATE
SET until_at = max(until_at, excluded.until_at)
"""


def _row(absence: Absence) -> tuple[str, str, str]:
    return absence.cause.value, to_text(absence.since), to_text(absence.until)
