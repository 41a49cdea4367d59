"""Words on the command line about copies of the database → a call → what is printed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import DB, DbOption
from monitor.clock import utc_now
from monitor.lock import hold
from monitor.store.backup import back_up
from monitor.store.backup import restore as put_back
from monitor.store.backup_files import backup_path


def backup(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where it goes; without, beside the database, with the time."),
    ] = None,
    db: DbOption = DB,
) -> None:
    """Copy the database while the daemon works, and check it."""
    made = out or backup_path(db, now=utc_now())
    size = back_up(db, made)
    print(f"{made}: {size / 1e6:,.1f} MB, checked.")
    print(f"Should you need it: monitor restore {made} --db {db}", file=sys.stderr)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    db: DbOption = DB,
) -> None:
    """Put a backup in the place of the database, which is kept."""
    with hold(db):
        kept = put_back(file, db, now=utc_now())
    print(f"{db}: now holds what {file} held.", file=sys.stderr)
    if kept:
        print(f"The former database is kept as {kept}.", file=sys.stderr)
    print(
        "What came since the backup is fetched again as far as the feeds still list it: monitor run",
        file=sys.stderr,
    )
