"""A database → a verified copy of it, and a copy → the database: whole or not at all.

SQLite's backup interface, not VACUUM INTO: it copies a damaged page as it is, so the check of the copy is a check
of the original, and it is faster (benchmarks/RESULTS.md).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import StoreError, TryLaterError
from monitor.store.backup_files import nightlies_of, nightly_path, replaced_path
from monitor.store.database import BUSY_TIMEOUT_S, refuse_foreign
from monitor.store.trouble import damage, told_plainly

Stop = Callable[[], bool]

PAGES = 4096  # 16 MB at a time; between them it looks whether to stop
STEPS = 100_000  # of SQLite's machine, some milliseconds; likewise
QUICK_CHECK_S = 20.0  # some gigabytes, for a start that does not keep anybody waiting


def never() -> bool:
    """Go on to the end."""
    return False


def back_up(db: Path, out: Path, *, stop: Stop = never, spare: float = 1.0) -> int:
    """Copy a database while others write it, check the copy, and give it its name; return its size in bytes.

    stop: breaks off. spare: how often the copy must fit into what is free. Raises StoreError if there is no
    database, `out` exists or cannot be written; TryLaterError if there is no room or it was broken off;
    DamagedError if the copy, and so the database, is damaged.
    """
    if not db.is_file():
        raise StoreError(f"{db}: no database yet. Make it with: monitor run --once")
    if out.exists():
        raise StoreError(f"{out}: exists already; nothing is overwritten. Name another with --out.")
    with _part_of(out) as part:
        _need_room(db, out, spare=spare)
        _copy(db, part, out=out, stop=stop)
        return part.stat().st_size


def back_up_nightly(db: Path, *, day: date, keep: int, stop: Stop = never) -> str:
    """Make the day's backup, then delete the oldest ones; without any to keep, only check the database.

    keep: how many nightly backups stay. Returns what was done, in words. Raises as back_up does; a backup takes
    at most half of what is free, so that it never fills the disk.
    """
    if not keep:
        with told_plainly(db), closing(_open(db, "ro")) as conn:
            _check(conn, db, stop=stop)
        return "checked, no backups wanted"
    out = nightly_path(db, day=day)
    if not out.exists():
        back_up(db, out, stop=stop, spare=2.0)
    for old in nightlies_of(db)[keep:]:
        old.unlink()
    return f"backup in {out.name}"


def restore(backup: Path, db: Path, *, now: datetime) -> Path | None:
    """Put a copy of a backup in the place of a database; the caller holds its lock.

    Returns what the former database is kept as, with its write-ahead log; None if there was none. Raises
    StoreError if the backup is missing, damaged, or not one of ours; then nothing is changed.
    """
    if not backup.is_file():
        raise StoreError(f"{backup}: no such file. List what is there: ls {db.parent}")
    if db.exists() and backup.samefile(db):
        raise StoreError(f"{backup}: this is the database itself. Name a backup.")
    with told_plainly(backup), closing(_open(backup, "ro")) as conn:
        refuse_foreign(Database(conn, execute_plugins=False), backup, empty=False)
    kept = replaced_path(db, now=now)
    with _part_of(db) as part:
        _need_room(backup, db, spare=1.0)
        _copy(backup, part, out=db, stop=never)
        for tail in ("", "-wal", "-shm"):  # a log that stayed would be folded into the wrong file
            with suppress(FileNotFoundError):
                Path(f"{db}{tail}").rename(f"{kept}{tail}")
    return kept if kept.exists() else None


def check_after_crash(db: Path, *, within_s: float = QUICK_CHECK_S) -> bool:
    """Look for damage if the last writer did not end in good order: then it left its write-ahead log.

    Breaks off after some seconds; the nightly check reads everything. Returns whether all was looked at, or
    needed none. Raises DamagedError.
    """
    log = Path(f"{db}-wal")
    if not (db.exists() and log.exists() and log.stat().st_size):
        return True
    until = time.monotonic() + within_s
    try:
        with told_plainly(db), closing(_open(db, "rw")) as conn:
            _check(conn, db, stop=lambda: time.monotonic() > until, quick=True)
    except _BrokenOffError:
        return False
    return True


class _BrokenOffError(TryLaterError):
    """It was told to stop."""


@contextmanager
def _part_of(out: Path) -> Iterator[Path]:
    """Lend a name beside a file to write to; it takes the file's name when the block ends well."""
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
        yield part
        _flush(part)
        part.replace(out)
        _flush(out.parent)
    except OSError as error:
        raise StoreError(f"{out}: {error.strerror}. Check the folder and its permissions.") from error
    finally:
        for tail in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{part}{tail}").unlink()


def _copy(source: Path, part: Path, *, out: Path, stop: Stop) -> None:
    """Copy a database as it stands at one moment, and check the copy. out: for the errors."""

    def look(*_: int) -> None:
        if stop():
            raise _BrokenOffError(f"{out}: broken off")

    with told_plainly(source), closing(_open(source, "ro")) as conn, closing(sqlite3.connect(part)) as copy:
        conn.execute("BEGIN")  # one view of it all: else each write of another begins the copy anew
        conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        try:
            conn.backup(copy, pages=PAGES, progress=look, sleep=0)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname in ("SQLITE_FULL", "SQLITE_IOERR_WRITE"):
                raise _no_room(out) from error
            raise
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, that can be carried away
        _check(copy, source, stop=stop)


def _check(conn: sqlite3.Connection, db: Path, *, stop: Stop, quick: bool = False) -> None:
    """Read a whole database and look for damage. db: for the errors."""
    conn.set_progress_handler(stop, STEPS)
    try:
        found = conn.execute(f"PRAGMA {'quick' if quick else 'integrity'}_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname == "SQLITE_INTERRUPT":
            raise _BrokenOffError(f"{db}: the check was broken off") from None
        raise
    finally:
        conn.set_progress_handler(None, 0)
    if found != ("ok",):
        raise damage(db)


def _open(db: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{db.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT_S)


def _need_room(db: Path, out: Path, *, spare: float) -> None:
    size = sum(file.stat().st_size for file in (db, Path(f"{db}-wal")) if file.exists())
    if shutil.disk_usage(out.parent).free < size * spare:
        raise _no_room(out, f", which needs {size / 1e6:,.0f} MB{' twice' if spare > 1 else ''}")


def _no_room(out: Path, needs: str = "") -> TryLaterError:
    return TryLaterError(
        f"{out}: the disk has no room for a backup{needs}. Make room, or name another disk with --out."
    )


def _flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
