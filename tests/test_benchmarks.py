"""The benchmark page: tables go to their places, written text stays, what is missing is said in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import evaluate, run

ROOT = Path(__file__).parents[1]
PAGE = "# Results\n\nWhy.\n\n<!-- bench_x: begins -->\nold\n<!-- bench_x: ends -->\n\nWhat was tried.\n"


def test_a_table_takes_its_place_and_leaves_the_prose() -> None:
    """What a person wrote about a table must survive the next measurement, and a second one must add nothing."""
    page = run.put(PAGE, "bench_x", "| new \\1 |\n")
    assert page == PAGE.replace("\nold\n", "\n\n| new \\1 |\n\n")
    assert run.put(page, "bench_x", "| new \\1 |") == page


@pytest.mark.parametrize("page", ["# Results\n", PAGE * 2, PAGE.replace("begins", "starts")])
def test_a_page_without_one_place_for_a_table_is_refused(page: str) -> None:
    """A table that is put nowhere, or twice, would be lost or contradict itself."""
    with pytest.raises(ValueError, match="bench_x"):
        run.put(page, "bench_x", "new")


@pytest.mark.parametrize("script", run.SCRIPTS)
def test_the_page_has_a_place_for_each_script(script: str) -> None:
    """`make bench` must not find that out after minutes of measuring."""
    page = run.RESULTS.read_text(encoding="utf-8")
    assert "| new |" in run.put(page, Path(script).stem, "| new |")


def test_each_story_is_shown_beside_the_start_model() -> None:
    """Figures without anything to hold them against say little."""
    rows = {"macro F1": "0.99", "evidence verbatim": "1.00"}
    lines = evaluate.table(dict.fromkeys(evaluate.STORIES, rows)).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2] == "| macro F1 | 0.99 | 0.17 | 0.99 | 0.43 | 0.99 | 0.54 |"
    assert lines[3] == "| evidence verbatim | 1.00 | – | 1.00 | – | 1.00 | – |"


def test_missing_stories_are_told_in_one_line(tmp_path: Path) -> None:
    """The labelled stories are not part of the repository: whoever has none must learn what to pass."""
    command = [sys.executable, "benchmarks/evaluate.py", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == "" and done.stderr.count("\n") == 1
    assert f"{tmp_path}/tools/score_story.py: no such file" in done.stderr


def test_a_missing_script_is_skipped_loudly() -> None:
    """Else a table of long ago would look like one of today."""
    command = [sys.executable, "benchmarks/run.py", "bench_nothing.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "bench_nothing.py SKIPPED" in done.stderr
