"""What the robots.txt of each host says, kept for a while."""

from __future__ import annotations

from datetime import timedelta

from sqlite_utils import Database

from monitor.collect.robots import RobotsFile
from monitor.store.rows import select, to_moment, to_text, writing

FORGOTTEN_AFTER = timedelta(days=30)  # a host that was not met for so long


class Robots:
    """Everything stored about robots.txt."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, host: str) -> RobotsFile | None:
        """Return what is known of a host's robots.txt; None: it was not asked for, or long ago."""
        rows = select(self._db, "SELECT fetched_at, rules, blocked FROM robots WHERE host = ?", host)
        return (
            RobotsFile(to_moment(rows[0]["fetched_at"]), rows[0]["rules"], bool(rows[0]["blocked"]))
            if rows
            else None
        )

    def put(self, host: str, file: RobotsFile) -> None:
        """Keep what was found out about a host's robots.txt; it takes the place of what was known."""
        with writing(self._db) as conn:
            conn.execute("DELETE FROM robots WHERE fetched_at < ?", (to_text(file.fetched_at - FORGOTTEN_AFTER),))
            conn.execute(
                """
                INSERT INTO robots (host, fetched_at, rules, blocked)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (host) DO UPDATE
                SET fetched_at = excluded.fetched_at, rules = excluded.rules, blocked = excluded.blocked
                """,
                (host, to_text(file.fetched_at), file.rules, file.blocked),
            )
