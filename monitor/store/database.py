"""A path → a Store: open the database, bring its schema up to date, write in transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import StoreError
from monitor.store.absences import Absences
from monitor.store.addresses import Addresses
from monitor.store.articles import Articles
from monitor.store.claims import Claims
from monitor.store.clock import put_right
from monitor.store.digests import Digests
from monitor.store.feeds import Feeds
from monitor.store.findings import Findings
from monitor.store.health import Health
from monitor.store.migrations import migrations
from monitor.store.origins import Origins
from monitor.store.robots import Robots
from monitor.store.rounds import Rounds
from monitor.store.rows import writing
from monitor.store.scores import Scores
from monitor.store.trouble import told_plainly

BUSY_TIMEOUT_S = 8.0  # how long a write waits for another program; a daemon that is told to end has 9 s
# What the write-ahead log shrinks to once no reader holds it open any longer (FAILURES, case 45).
LOG_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Store:
    """The open database: one room for each noun. path: its file, or ":memory:"."""

    path: Path | str
    db: Database
    feeds: Feeds
    articles: Articles
    addresses: Addresses
    claims: Claims
    findings: Findings
    scores: Scores
    origins: Origins
    digests: Digests
    rounds: Rounds
    health: Health
    robots: Robots
    absences: Absences

    def close(self) -> None:
        """Close the connection; the store cannot be used afterwards."""
        self.db.conn.close()

    def tidy(self) -> None:
        """Refresh the query planner's statistics, then fold the write-ahead log that holds them into the file.

        Waits for nobody: what a reader holds open is folded by the writes that come after it.
        """
        self.db.conn.execute("PRAGMA optimize").fetchall()
        self.db.conn.execute("PRAGMA busy_timeout = 0").fetchall()
        self.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.db.conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000:.0f}").fetchall()

    def plainly(self) -> AbstractContextManager[None]:
        """Turn SQLite's errors in the block into one line: TryLaterError where waiting helps, or DamagedError."""
        return told_plainly(self.path)

    def clock_set_back(self, *, now: datetime) -> None:
        """Bring what was planned by a clock that was ahead within a day's reach, and take its digests back."""
        with writing(self.db) as conn:
            put_right(conn, now=now)

    def count(self, table: str) -> int:
        """Count the rows of a table or view."""
        return int(self.db[table].count)


@contextmanager
def open_store(path: Path | str) -> Iterator[Store]:
    """Open the database for writing, make it if it is missing, and migrate it.

    path: a file, or ":memory:". Raises StoreError if it is no database of ours, is newer than this
    release, or cannot be written.
    """
    with told_plainly(path):
        if path != ":memory:":
            _make_folder(Path(path))
        # Steps that compute run in a thread; they take turns, so one connection serves them all.
        conn = sqlite3.connect(str(path), timeout=BUSY_TIMEOUT_S, check_same_thread=False)
        store = _store(path, conn)
        try:
            refuse_foreign(store.db, path)  # before the journal mode, which would change somebody else's file
            conn.execute("PRAGMA foreign_keys = ON")
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the last writes, never the file
            conn.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
            _migrate(store.db)
            yield store
        finally:
            conn.close()


@contextmanager
def open_readonly(path: Path) -> Iterator[Store]:
    """Open the database for reading only; nothing can be changed through it.

    Raises StoreError if it is missing, is no database of ours or is of another release.
    """
    if not _stands(path):
        raise StoreError(f"{path}: no database yet. Make it with: monitor run --once")
    with told_plainly(path):
        conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)
        store = _store(path, conn)
        try:
            refuse_foreign(store.db, path)
            if migrations.pending(store.db):
                raise StoreError(f"{path}: made by an older release. Bring it up to date: monitor run --once")
            yield store
        finally:
            conn.close()


def _store(path: Path | str, conn: sqlite3.Connection) -> Store:
    db = Database(conn, execute_plugins=False)
    return Store(
        path,
        db,
        feeds=Feeds(db),
        articles=Articles(db),
        addresses=Addresses(db),
        claims=Claims(db),
        findings=Findings(db),
        scores=Scores(db),
        origins=Origins(db),
        digests=Digests(db),
        rounds=Rounds(db),
        health=Health(db),
        robots=Robots(db),
        absences=Absences(db),
    )


def _migrate(db: Database) -> None:
    """Apply the steps that are missing, all or none; of two processes that start at once, one waits."""
    if migrations.pending(db):
        with writing(db):
            migrations.apply(db)


def refuse_foreign(db: Database, path: Path | str, *, empty: bool = True) -> None:
    """Refuse a file that holds somebody else's tables, or steps this release does not know.

    empty: whether a file without any table will do. Raises StoreError.
    """
    applied = {migration.name for migration in migrations.applied(db)}
    if not applied and (db.table_names() or not empty):
        raise StoreError(f"{path}: this database was not made by monitor. Name another with --db.")
    if applied - {migration.name for migration in migrations._migrations}:
        raise StoreError(f"{path}: made by a newer release of monitor. Install that release.")


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unreachable(path, error) from error


def _stands(path: Path) -> bool:
    """Tell whether the file is there; an empty one holds nothing yet."""
    try:
        if path.is_dir():
            raise StoreError(f"{path}: this is a folder. Name a file with --db.")
        return path.exists() and path.stat().st_size > 0
    except OSError as error:
        raise _unreachable(path, error) from error


def _unreachable(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path}: {error.strerror}. Check the folder and its permissions.")
