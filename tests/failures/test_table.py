"""The table of failures is whole: each case has one row that says what happens, and one test that shows it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
CASES = range(1, 52)


def test_each_case_has_one_test() -> None:
    """A case without a test is a promise; with two, nobody knows which one counts."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("test_*.py")))
    tested = Counter(int(number) for number in re.findall(r"^def test_case_(\d\d)_\w+\(", source, re.MULTILINE))
    assert tested == Counter(CASES)


def test_each_case_has_one_row() -> None:
    """What stands in the docs is what a user reads when it happens."""
    table = (HERE.parents[1] / "docs" / "failures.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| [^|]{3,} \| [^|]{20,} \|$", table, re.MULTILINE)
    assert [int(number) for number in rows] == list(CASES)
