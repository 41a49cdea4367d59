"""What a person sees while something runs, and files that are whole or not there."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.terminal import log_to_stderr, progress_bars, say_counts, show_every_letter, told, width
from monitor.errors import MonitorError
from monitor.outfile import whole_file
from monitor.records import StepCount

Capture = pytest.CaptureFixture[str]


@contextlib.contextmanager
def bare_logging() -> Iterator[None]:
    """Begin as a new process does, with no handlers; then put pytest's own back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@pytest.mark.parametrize(("columns", "cells"), [("40", 40), ("80", 80), ("100", 100), ("300", 100)])
def test_lines_are_as_wide_as_the_terminal_but_readable(
    columns: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody reads lines of 300 letters."""
    monkeypatch.setenv("COLUMNS", columns)
    assert width() == cells


def test_counts_are_one_line(capsys: Capture) -> None:
    """What did not happen is left out."""
    say_counts("Round 1", [StepCount("poll", 14, 1, "105 new articles"), StepCount("read", 105, 0)])
    assert capsys.readouterr() == ("", "Round 1: poll 14, 1 failed, 105 new articles; read 105.\n")


def test_bars_are_for_people_only(capsys: Capture) -> None:
    """A log file has no use for them."""
    with progress_bars() as tell:
        assert list(told("abc", tell, "judge")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_warnings_stand_on_lines_of_their_own_between_bars(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal (which is what FORCE_COLOR claims) a warning that ran into a bar could not be read."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    log = logging.getLogger("monitor.test")
    with bare_logging():
        log_to_stderr(logging.WARNING)
        with progress_bars() as tell:
            for _ in told("abcd", tell, "judge"):
                log.warning("feed failed url=%s", "http://a.example")
                log.info("not told")
    out, err = capsys.readouterr()
    assert out == ""
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", line).strip() for line in err.splitlines()]
    assert sum(line.endswith("WARNING monitor.test feed failed url=http://a.example") for line in lines) == 4
    assert any(line.startswith("judge") and "4/4" in line for line in lines)
    assert "not told" not in err


def test_every_letter_can_be_written() -> None:
    """A stream that is no file at all is left as it is."""
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with contextlib.redirect_stdout(narrow), contextlib.redirect_stderr(io.StringIO()):
        show_every_letter()
        sys.stdout.write("société\n")
        narrow.flush()
    assert narrow.buffer.getvalue() == b"soci?t?\n"
    narrow.close()


def test_a_file_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    """Who reads it meanwhile reads the older one."""
    path = tmp_path / "new" / "digest.html"
    for text in ("old", "new"):
        with whole_file(path) as file:
            file.write(text)
            file.flush()
            assert not path.exists() or path.read_text() == "old"
    assert path.read_text() == "new"
    assert [found.name for found in path.parent.iterdir()] == ["digest.html"]


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, MonitorError])
def test_a_file_that_is_not_finished_leaves_nothing(trouble: type[BaseException], tmp_path: Path) -> None:
    """Ctrl-C in the middle: the older file stands, and no half of a new one lies beside it."""
    path = tmp_path / "digest.html"
    path.write_text("old")
    with pytest.raises(trouble), whole_file(path) as file:
        file.write("half")
        raise trouble
    assert {found.name: found.read_text() for found in tmp_path.iterdir()} == {"digest.html": "old"}
