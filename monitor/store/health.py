"""What says whether the work goes on: how polls ended, what waits, and how large the file is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.store.feeds import ASKED
from monitor.store.rows import select, to_moment, to_text


class Health:
    """Everything that can be told about the work itself."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def polls(self, *, since: date) -> Mapping[str, int]:
        """Count how the polls of a day (UTC) and of those after it ended, by outcome, most frequent first."""
        rows = select(
            self._db,
            """
            SELECT outcome, sum(polls) AS n FROM tallies
            WHERE day >= ?
            GROUP BY outcome
            ORDER BY n DESC, outcome
            """,
            since.isoformat(),
        )
        return {row["outcome"]: row["n"] for row in rows}

    def waiting_since(self, *, now: datetime) -> dict[str, datetime]:
        """Return since when the oldest pending row of each step waits; steps without one are left out.

        judge: counted from when an article was read, for those that the judge in use has not seen at all.
        """
        found = {}
        for step, sql in _OLDEST.items():
            oldest = select(self._db, sql, to_text(now))[0]["oldest"]
            if oldest:
                found[step] = to_moment(oldest)
        return found

    def bytes(self) -> tuple[int, int]:
        """Return the size of the database file and of its write-ahead log; zeros for one in memory."""
        path = select(self._db, "SELECT file FROM pragma_database_list WHERE name = 'main'")[0]["file"]
        return (_size(Path(path)), _size(Path(f"{path}-wal"))) if path else (0, 0)


_OLDEST = {
    "poll": f"SELECT min(next_check_at) AS oldest FROM feeds WHERE {ASKED} AND next_check_at <= ?",
    "read": """
        SELECT min(max(next_try_at, first_seen_at)) AS oldest FROM articles
        WHERE state = 'pending' AND next_try_at <= ?
        """,
    "judge": """
        SELECT min(read_at) AS oldest FROM versions
        WHERE read_at <= ?
          AND id = (SELECT max(id) FROM versions AS newest WHERE newest.article_id = versions.article_id)
          AND EXISTS (SELECT 1 FROM claims WHERE listed = 1 AND watch = 1)
          AND NOT EXISTS (
            SELECT 1 FROM judgements
            WHERE version_id = versions.id
              AND judge_id = (SELECT id FROM judges ORDER BY last_used_at DESC, id DESC LIMIT 1)
          )
        """,
}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
