"""A database's path → its backups: how they are called, and which ones are there.

monitor.db has monitor-backup-2026-11-22T060420Z.db, made by a person, and monitor-nightly-2026-11-22.db, made by
the daemon. Only the latter are ever deleted.
"""

from __future__ import annotations

from datetime import date, datetime
from glob import escape
from pathlib import Path


def backup_path(db: Path, *, now: datetime) -> Path:
    """Name a backup that a person makes. now: in UTC, for the name."""
    return _beside(db, f"backup-{stamp(now)}")


def nightly_path(db: Path, *, day: date) -> Path:
    """Name the backup that the daemon makes on a day."""
    return _beside(db, f"nightly-{day.isoformat()}")


def replaced_path(db: Path, *, now: datetime) -> Path:
    """Name what a database is kept as when a backup takes its place."""
    return _beside(db, f"replaced-{stamp(now)}")


def nightlies_of(db: Path) -> list[Path]:
    """Return the backups that the daemon made, newest day first."""
    return sorted(db.parent.glob(f"{escape(db.stem)}-nightly-????-??-??{escape(db.suffix)}"), reverse=True)


def backups_of(db: Path | str) -> list[Path]:
    """Return every backup beside a database, the one that was written last first."""
    path = Path(db)
    made = path.parent.glob(f"{escape(path.stem)}-backup-*Z{escape(path.suffix)}")
    return sorted([*nightlies_of(path), *made], key=lambda file: file.stat().st_mtime, reverse=True)


def stamp(now: datetime) -> str:
    """Write a moment as part of a file's name, '2026-11-22T060420Z'."""
    return f"{now:%Y-%m-%dT%H%M%SZ}"


def _beside(db: Path, words: str) -> Path:
    return db.with_name(f"{db.stem}-{words}{db.suffix}")
