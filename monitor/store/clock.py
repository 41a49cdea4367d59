"""A clock that was set back → plans that fit the time it shows now."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from monitor.store.rows import to_text

LONGEST_PLAN = timedelta(days=2)  # nothing is put off for more than a day and its jitter


def put_right(conn: sqlite3.Connection, *, now: datetime) -> None:
    """Make due what lies further ahead than any plan reaches; call a digest of the future one still to come.

    Findings and articles keep the moments they were stored with: the digest of that day will hold them.
    """
    far = to_text(now + LONGEST_PLAN)
    conn.execute("UPDATE feeds SET next_check_at = ? WHERE next_check_at > ?", (to_text(now), far))
    conn.execute(
        "UPDATE articles SET next_try_at = ? WHERE state = 'pending' AND next_try_at > ?", (to_text(now), far)
    )
    conn.execute("DELETE FROM hosts WHERE not_before > ?", (far,))
    conn.execute("UPDATE digests SET taken_back = 1 WHERE until_at > ?", (to_text(now),))
