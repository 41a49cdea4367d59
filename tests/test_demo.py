"""The demo as a newcomer runs it: what it shows, and that it says so when nothing is new."""

from __future__ import annotations

import html
import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.newsroom.outlets import OUTLETS
from tests.line import run_monitor

Item = dict[str, Any]  # parsed JSON


@dataclass(frozen=True, slots=True)
class Demo:
    """Two runs in one folder. rows: what the database held after each; digest: after the first, as JSON."""

    folder: Path
    first: str
    second: str
    rows: tuple[dict[str, int], dict[str, int]]
    digest: dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Run it twice on the same ports, so that the addresses are the same."""
    folder = tmp_path_factory.mktemp("demo")
    words = ["demo", "--port", str(free_ports(len(OUTLETS))), "--folder", "out"]
    outputs, rows, digests = [], [], []
    for _ in range(2):
        done = run_monitor(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
        rows.append(count_rows(folder / "out" / "monitor.db"))
        shown = run_monitor(
            "digest", "--day", day_of(folder), "--format", "json", "--db", "out/monitor.db", cwd=folder
        )
        assert shown.returncode == 0, shown.stderr
        digests.append(json.loads(shown.stdout))
    return Demo(folder / "out", outputs[0], outputs[1], (rows[0], rows[1]), digests[0])


def free_ports(count: int) -> int:
    """Find a first port that is followed by free ones; below the range the system deals out by itself."""
    for first in range(20000, 32000, count):
        try:
            for port in range(first, first + count):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


def ask(db: Path, sql: str) -> Any:  # a cell of any type
    with closing(sqlite3.connect(db)) as conn:
        return conn.execute(sql).fetchone()[0]


def count_rows(db: Path) -> dict[str, int]:
    tables = ("articles", "versions", "findings", "judgements", "entries")
    return {table: ask(db, f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608  names from above


def day_of(folder: Path) -> str:
    return str(ask(folder / "out" / "monitor.db", "SELECT max(day) FROM digests"))


def items(demo: Demo, section: str) -> Iterator[Item]:
    for claim in demo.digest["claims"]:
        yield from claim[section]


def printed(demo: Demo) -> str:
    """The digest in the terminal with its line breaks undone."""
    return re.sub(r"\s+", " ", demo.first)


def test_it_shows_a_denial_by_the_kremlin_spokesman(demo: Demo) -> None:
    """The baseline's best-known contradiction is what a newcomer looks for first."""
    named = re.compile(r"Pesko[vw]|Песков|Пєсков|ペスコフ|페스코프")
    denials = [
        item
        for item in items(demo, "contradictions")
        if item["manner"] == "denial" and named.search(f"{item['asserted_by']} {item['evidence']}")
    ]
    assert denials
    assert any(item["evidence"] in printed(demo) for item in denials)


def test_it_shows_a_confirmation_with_its_sentence(demo: Demo) -> None:
    """Who says so, word for word."""
    confirmations = list(items(demo, "confirmations"))
    assert confirmations
    assert any(item["evidence"] in printed(demo) for item in confirmations)


def test_it_shows_a_container_figure_that_moved(demo: Demo) -> None:
    """Old figure → new figure, and the sentence that gives the new one."""
    container = re.compile(r"container|conteneur|contenedor|kontener|контейнер|コンテナ|컨테이너", re.IGNORECASE)
    moved = [item for item in items(demo, "figures") if container.search(item["figure_new"] + item["evidence"])]
    assert moved
    for item in moved:
        assert item["figure_old"] and item["figure_old"] != item["figure_new"]
        assert item["figure_new"] in item["evidence"]
    assert any(item["evidence"] in printed(demo) and item["figure_old"] in printed(demo) for item in moved)


def test_every_sentence_stands_in_the_stored_article(demo: Demo) -> None:
    """What is shown as a quotation must be one."""
    wrong = ask(
        demo.folder / "monitor.db",
        """
        SELECT count(*) FROM findings JOIN versions ON versions.id = findings.version_id
        WHERE substr(versions.text, findings.start + 1, findings."end" - findings.start) != findings.evidence
        """,
    )
    assert wrong == 0


def test_it_reads_the_whole_newsroom(demo: Demo) -> None:
    """60 articles in 8 languages at least; the page without text and the page that is gone are named as such."""
    db = demo.folder / "monitor.db"
    assert ask(db, "SELECT count(*) FROM articles WHERE state = 'read'") >= 60
    assert ask(db, "SELECT count(DISTINCT lang) FROM versions") >= 8
    assert ask(db, "SELECT count(*) FROM articles WHERE state != 'read' AND last_error IS NULL") == 0
    assert ask(db, "SELECT count(*) FROM feeds WHERE failures > 0") == 0


def test_it_says_where_the_digest_and_the_database_lie(demo: Demo) -> None:
    """The page to open next."""
    assert "out/digest.html" in demo.first
    assert "out/monitor.db" in demo.first
    page = (demo.folder / "digest.html").read_text(encoding="utf-8")
    assert page.lstrip().startswith("<!DOCTYPE html>")
    assert any(item["evidence"] in html.unescape(page) for item in items(demo, "contradictions"))


def test_a_second_run_finds_nothing_new_and_says_so(demo: Demo) -> None:
    """Nothing is stored twice, and the digest of the day stays what it was."""
    assert "Nothing new" not in demo.first
    assert "Nothing new" in demo.second
    assert demo.rows[0] == demo.rows[1]


def test_the_digest_of_the_day_covers_all_of_it(demo: Demo) -> None:
    """The first digest begins with the first article."""
    assert demo.digest["since"] is None
    assert datetime.fromisoformat(demo.digest["until"]).date().isoformat() == demo.digest["day"]
