"""The product as a user starts it: real processes on a real small web, for the tests of the whole line."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from monitor.newsroom import BASELINE

MONITOR = [sys.executable, "-m", "monitor"]


@dataclass(frozen=True, slots=True)
class Line:
    """A folder with a config that follows the sample newsroom, and its database."""

    config: Path
    db: Path

    @property
    def arguments(self) -> list[str]:
        """The options that every run takes."""
        return ["--config", str(self.config), "--baseline", str(BASELINE), "--db", str(self.db)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run monitor to its end."""
        return run_monitor(*words, *self.arguments)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start monitor in a process group of its own, and go on."""
        return subprocess.Popen(
            [*MONITOR, *words, *self.arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def has(self, sql: str) -> bool:
        """Tell whether the database holds such a row already; it may not even be there yet."""
        try:
            return self.db.exists() and bool(self.rows(sql))
        except sqlite3.OperationalError:  # no such table yet
            return False

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the database."""
        conn = sqlite3.connect(self.db, timeout=30)
        try:
            return conn.execute(sql).fetchall()
        finally:
            conn.close()


def run_monitor(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run monitor with some words to its end, as from a shell 80 cells wide."""
    return subprocess.run(
        [*MONITOR, *words],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=cwd,
        env=os.environ | {"COLUMNS": "80"},
        check=False,
    )


@contextmanager
def newsroom() -> Iterator[Mapping[str, object]]:
    """Serve the sample newsroom from a process of its own; yields the settings to follow it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor.newsroom", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("# ready"):
                break
        yield yaml.safe_load("".join(lines))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()


def make_line(folder: Path, settings: Mapping[str, object], *, poll_minutes: float = 0.01) -> Line:
    """Write a config, by default one that polls again at once, and name a database that does not exist yet."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "feeds.yaml"
    collect = {
        "allow_networks": ["127.0.0.0/8"],
        "poll_minutes": poll_minutes,
        "pause_s": 0,
        "contact": "d@b.example",
    }
    config.write_text(yaml.safe_dump({**settings, "collect": collect}, allow_unicode=True), encoding="utf-8")
    return Line(config, folder / "monitor.db")
