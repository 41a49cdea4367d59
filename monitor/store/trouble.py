"""SQLite's errors → one line that says what is wrong with which file, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import DamagedError, StoreError, TryLaterError
from monitor.store.backup_files import backups_of

_NOT_NOW = {
    "SQLITE_FULL": "the disk is full. Make room; nothing that was stored is lost.",
    "SQLITE_BUSY": "another program keeps the database locked. End it, or try later.",
    "SQLITE_CANTOPEN": "the database cannot be opened. Check the folder and its permissions.",
    "SQLITE_READONLY": "the database cannot be written. Check its permissions.",
    "SQLITE_IOERR": "the disk gave an error. Check the disk and its mount.",
}


@contextmanager
def told_plainly(path: Path | str) -> Iterator[None]:
    """Turn SQLite's errors into DamagedError or TryLaterError; a wrong statement is a bug and stays one."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        # Text that is no UTF-8 is found by Python, not by SQLite: an error without a code.
        name = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT" if "decode" in str(error) else "")
        code = "_".join(name.split("_")[:2])
        if code == "SQLITE_CORRUPT" or (code == "SQLITE_NOTADB" and backups_of(path)):
            raise damage(path) from error
        if code == "SQLITE_NOTADB":
            raise StoreError(f"{path}: it is no SQLite database. Name another with --db.") from error
        if code not in _NOT_NOW:
            raise
        raise TryLaterError(f"{path}: {_NOT_NOW[code]}") from error


def damage(path: Path | str) -> DamagedError:
    """Say what a person does about a damaged database: with its newest backup, if there is one."""
    newest = next(iter(backups_of(path)), None)
    if newest is None:
        return DamagedError(
            f"{path}: the database is damaged, and no backup stands beside it."
            " Keep the file, and go on with another --db."
        )
    return DamagedError(
        f"{path}: the database is damaged. Put the newest backup in its place:"
        f" monitor restore {newest} --db {path} (the damaged file is kept)."
    )
