"""Benchmark scripts → benchmarks/RESULTS.md: run each, and put its table where the page has a place for it.

Run: make bench, or python benchmarks/run.py [SCRIPT ...] for some of them. What stands outside the markers of
RESULTS.md is written by hand and stays as it is.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
SCRIPTS = ("bench_fetch.py", "bench_week.py", "bench_read.py", "bench_judge.py", "evaluate.py")
TIMEOUT_S = 1800


def put(page: str, name: str, measured: str) -> str:
    """Put a text between the markers of a name, in place of what stands there.

    Raises ValueError if the page has not exactly one place for it.
    """
    begins, ends = f"<!-- {name}: begins -->", f"<!-- {name}: ends -->"
    place = re.compile(f"{re.escape(begins)}.*?{re.escape(ends)}", re.DOTALL)
    if len(place.findall(page)) != 1:
        raise ValueError(f"RESULTS.md needs one place for {name}: {begins} {ends}")
    return place.sub(lambda _: f"{begins}\n\n{measured.strip()}\n\n{ends}", page)


def machine() -> str:
    """Say what is measured on, as far as it matters, and how busy it is with other things."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, load {load:.1f} before"


def measure(script: Path, *, today: str) -> str | None:
    """Run one script, which shows its own errors; return its table with date and machine, or None if it failed."""
    _tell(f"{script.name} …")
    head = f"{today}, {machine()}: `python benchmarks/{script.name}`"
    try:
        done = subprocess.run(  # noqa: S603  scripts of this folder
            [sys.executable, script], stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        _tell(f"{script.name} FAILED, its former table stays: {error}")
        return None
    _tell(done.stdout)
    return f"{head}\n\n{done.stdout}"


def main() -> int:
    """Measure, and write each table as soon as it is there. Exit code 1 if any script is missing or fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts", nargs="*", default=SCRIPTS, metavar="SCRIPT", help=", ".join(SCRIPTS))
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    failed = 0
    for script in (HERE / name for name in parser.parse_args().scripts):
        measured = measure(script, today=today) if script.is_file() else None
        if measured is None:
            failed += 1
            _tell("" if script.is_file() else f"{script.name} SKIPPED: there is no such script in {HERE}")
        else:
            page = RESULTS.read_text(encoding="utf-8")
            RESULTS.write_text(put(page, script.stem, measured), encoding="utf-8")
    return 1 if failed else 0


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
