"""What each step did, round by round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from monitor.records import StepCount
from monitor.store.rows import select, to_moment, to_text, writing

NIGHT = "housekeeping"  # the step of the night, among those of the rounds
KEPT = 50_000  # rows: a week of five steps a minute


class Rounds:
    """Everything stored about finished steps."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, counts: Sequence[StepCount], *, now: datetime) -> None:
        """Store what the steps of a round did; the oldest rows make room, but for the last of each step."""
        with writing(self._db) as conn:
            conn.executemany(
                "INSERT INTO rounds (step, finished_at, done, failed, note, seconds) VALUES (?, ?, ?, ?, ?, ?)",
                [(c.step, to_text(now), c.done, c.failed, c.note, c.seconds) for c in counts],
            )
            conn.execute(
                """
                DELETE FROM rounds
                WHERE id <= (SELECT max(id) FROM rounds) - ?
                  AND id NOT IN (SELECT max(id) FROM rounds GROUP BY step)
                """,
                (KEPT,),
            )

    def last(self) -> list[tuple[StepCount, datetime]]:
        """Return the last row of each step."""
        rows = select(
            self._db,
            "SELECT * FROM rounds WHERE id IN (SELECT max(id) FROM rounds GROUP BY step) ORDER BY id",
        )
        return [
            (StepCount(r["step"], r["done"], r["failed"], r["note"], r["seconds"]), to_moment(r["finished_at"]))
            for r in rows
        ]

    def last_end(self) -> datetime | None:
        """Return when the last round ended, by the clock of that time; None before the first."""
        rows = select(self._db, "SELECT finished_at FROM rounds WHERE step <> ? ORDER BY id DESC LIMIT 1", NIGHT)
        return to_moment(rows[0]["finished_at"]) if rows else None

    def last_night(self) -> datetime | None:
        """Return when the housekeeping was last done or tried; None before the first time."""
        rows = select(self._db, "SELECT finished_at FROM rounds WHERE step = ? ORDER BY id DESC LIMIT 1", NIGHT)
        return to_moment(rows[0]["finished_at"]) if rows else None
