"""Python values ⇄ column values, and the one way to write."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import overload

from sqlite_utils import Database


@overload
def to_text(moment: datetime) -> str: ...
@overload
def to_text(moment: None) -> None: ...
@overload
def to_text(moment: datetime | None) -> str | None: ...
def to_text(moment: datetime | None) -> str | None:
    """Write a moment as it is stored, '2026-11-22T06:04:20Z'. Raises ValueError without a time zone."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    # Not strftime: it writes the year 987 as three digits.
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{utc.isoformat(timespec='seconds')[:-6]}Z"  # without its +00:00


def to_moment(text: str) -> datetime:
    """Read a stored moment."""
    return datetime.fromisoformat(text)  # ten times as fast as strptime


def to_moment_or_none(text: str | None) -> datetime | None:
    """Read a stored moment that may be NULL."""
    return None if text is None else to_moment(text)


def to_wait(seconds: int | None) -> timedelta | None:
    """Read a stored number of seconds that may be NULL."""
    return None if seconds is None else timedelta(seconds=seconds)


def to_seconds(wait: timedelta | None) -> int | None:
    """Write a wait as it is stored: whole seconds, one at least."""
    return None if wait is None else max(1, round(wait.total_seconds()))


def text_hash(text: str) -> str:
    """Name a text by its content: SHA-256, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def select(db: Database, sql: str, *values: object) -> list[sqlite3.Row]:
    """Ask one question; the rows can be read by column name."""
    cursor = db.conn.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, values).fetchall()


@contextmanager
def writing(db: Database) -> Iterator[sqlite3.Connection]:
    """Write in one transaction that takes the lock at its start.

    A read that turns into a write fails at once when another writer was there in between, whatever
    the time-out (FAILURES, case 44); BEGIN IMMEDIATE waits.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db.conn
        db.conn.commit()
    except BaseException:  # Ctrl-C too, and a commit that failed: else no write could ever start again
        db.conn.rollback()
        raise
