"""Old schema → new schema: the files of steps/ in their order; a released one is never edited.

The comment behind a column is its documentation: docs/store.md and the query pages are made from it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable

from sqlite_utils import Database, Migrations


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script. Raises ValueError if the last one does not end with its line."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):  # knows that a trigger has semicolons of its own
            yield statement
            statement = ""
    if statement.strip():
        raise ValueError(f"a statement that does not end: {statement.strip()[:80]}")


def _run(file: Traversable) -> Callable[[Database], None]:
    def run(db: Database) -> None:  # reads the file when its step is due, and not at each start
        for statement in statements(file.read_text(encoding="utf-8")):
            db.conn.execute(statement)

    return run


def _steps() -> Migrations:
    found = Migrations("monitor")
    files = (file for file in resources.files("monitor.store").joinpath("steps").iterdir() if file.is_file())
    for file in sorted(files, key=lambda file: file.name):
        found(name=file.name.removesuffix(".sql"))(_run(file))
    return found


migrations = _steps()
