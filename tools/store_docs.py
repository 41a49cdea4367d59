"""The database's schema → docs/store.md: what is stored, table by table. With --check: is the page up to date?"""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.store import open_store
from monitor.store.schema import Column, Table, tables

PAGE = Path(__file__).parents[1] / "docs" / "store.md"
HEAD = """\
# What is stored

Made by `python tools/store_docs.py` from a new database: the comments in `monitor/store/steps` are the
source. Change them there, then run `make docs`.

Everything stands in one SQLite file, by default `db/monitor.db`. Times are UTC, written `2026-11-22T06:04:20Z`;
offsets count characters (Unicode code points) from 0. Tables are STRICT, foreign keys are on. To look around, run
`monitor serve`, or read the file with any SQLite program while the daemon works; only `monitor` should write.

Most questions are answered by the view [current_findings](#current_findings).
The full-text index `versions_fts` holds the title, text and terms of `versions`.
"""


def page(described: tuple[Table, ...]) -> str:
    """Write the page: views first, for they are what people ask; then the tables in the order they were made."""
    ordered = sorted(described, key=lambda table: not table.is_view)
    return "\n".join([HEAD, *(_section(table) for table in ordered)])


def _section(table: Table) -> str:
    kind = " (view)" if table.is_view else ""
    rows = "\n".join(_row(column) for column in table.columns)
    return (
        f"## {table.name}\n\n{table.comment}{kind}.\n\n| column | type | meaning |\n| --- | --- | --- |\n{rows}\n"
    )


def _row(column: Column) -> str:
    meaning = column.comment.replace("|", "\\|")
    refers = f" → {column.refers_to}" if column.refers_to else ""
    return f"| {column.name} | {column.type.lower()}{refers} | {meaning} |"


def main(arguments: list[str]) -> int:
    """Write the page, or with --check only compare it; return 1 if it is out of date."""
    with open_store(":memory:") as store:
        wanted = page(tables(store))
    if "--check" in arguments:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != wanted:
            sys.stderr.write(f"{PAGE}: not up to date with monitor/store/steps. Run: make docs\n")
            return 1
        return 0
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
