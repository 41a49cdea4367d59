"""SQLite's own schema → Tables: what each table and column means, from the comments it was created with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.store.database import Store
from monitor.store.rows import select

_NAME_THEN_COMMENT = re.compile(r'^\s*"?(\w+)"?\s[^\n]*? -- (.+)$', re.MULTILINE)
_ADDED_LATER = re.compile(r", (\w+) [^*\n]*?/\* (.+?) \*/")  # by ALTER TABLE
_TABLE_COMMENT = re.compile(r"\A[^\n]*? -- (.+)$", re.MULTILINE)
_INTERNAL = ("sqlite_", "_sqlite_", "versions_fts")  # SQLite's and sqlite-utils' own, and the full-text index

_ROW_NUMBER = "the row's number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. type: as declared, empty in a view. refers_to: 'table.column', or None. comment: what it means."""

    name: str
    type: str
    refers_to: str | None
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view with its columns in order. comment: what a row is."""

    name: str
    is_view: bool
    comment: str
    columns: tuple[Column, ...]


def tables(store: Store) -> tuple[Table, ...]:
    """Describe every table and view that people may meet, in the order they were created."""
    rows = select(
        store.db,
        """
        SELECT name, type, sql FROM sqlite_schema
        WHERE type IN ('table', 'view')
        ORDER BY rowid
        """,
    )
    found: list[Table] = []
    for row in rows:
        if not row["name"].startswith(_INTERNAL):
            comment = _TABLE_COMMENT.search(row["sql"])
            columns = _columns(store, row["name"], row["sql"], known=found)
            found.append(Table(row["name"], row["type"] == "view", comment[1] if comment else "", columns))
    return tuple(found)


def _columns(store: Store, table: str, sql: str, *, known: list[Table]) -> tuple[Column, ...]:
    """Describe the columns of a table; those of a view mean what the columns they are made of mean."""
    comments = dict(_NAME_THEN_COMMENT.findall(sql)) | dict(_ADDED_LATER.findall(sql))
    if sql.startswith("CREATE VIEW"):
        meant = {(t.name, column.name): column.comment for t in known for column in t.columns}
        comments = {name: _in_view(source, meant.get(source, "")) for name, source in sources_of(sql).items()}
    refers = {
        row["from"]: f"{row['table']}.{row['to']}"
        for row in select(store.db, 'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', table)
    }
    rows = select(store.db, "SELECT name, type FROM pragma_table_info(?)", table)
    return tuple(
        Column(name, row["type"], refers.get(name), comments.get(name) or _usual(name, refers.get(name)))
        for row in rows
        for name in [row["name"]]
    )


def _usual(name: str, refers_to: str | None) -> str:
    """Say what needs no comment of its own: a number, or the row of another table it belongs to."""
    if refers_to:
        return f"the {refers_to.split('.')[0]} row it belongs to"
    return _ROW_NUMBER if name == "id" else ""


def _in_view(source: tuple[str, str], meaning: str) -> str:
    return f"the {source[0]} row it comes from" if meaning == _ROW_NUMBER else meaning


def sources_of(view_sql: str) -> dict[str, tuple[str, str]]:
    """Tell for each column of a view the first (table, column) that it is made of, by its name in the view."""
    listed = re.sub(r"--[^\n]*", "", view_sql).split("SELECT", 1)[1].split("\nFROM", 1)[0]
    sources = {}
    for part in re.split(r",(?![^(]*\))", listed):
        source = re.search(r"(\w+)\.(\w+)", part)
        if source:
            sources[part.split()[-1].split(".")[-1]] = (source[1], source[2])
    return sources
