"""A newsroom and `monitor run` → is anything lost, doubled or damaged by kills at random moments?

Each life begins with a new database. `monitor run` follows the sample newsroom with the embedded model, is killed
(SIGKILL) at a random moment, and started again, over and over, while another program reads the database all the
time; then it is let run until nothing is pending. What it stored is compared with what an undisturbed run stores.

Run: python benchmarks/kill_rounds.py [--rounds 200] [--seed 1] [--languages es,it]
Exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.line import Line, make_line, newsroom
from tests.nursery import open_nursery, run_command
from tests.test_kill import ARTICLES, FINDINGS

ROUNDS_A_LIFE = 10
ENDS_WITHIN_S = 300
START_S = 2.0  # until the first row, on a machine with nothing else to do

LISTED = "SELECT 1 FROM feeds"
WRITTEN = """
    SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM versions) + (SELECT count(*) FROM vectors)
         + (SELECT count(*) FROM origins) + (SELECT count(*) FROM judgements)
"""
DONE = "SELECT 1 FROM rounds WHERE step = 'judge'"
# What a kill cut off, told by what the database held at that moment: the first of these that is true.
MOMENTS = {
    "before the first row": "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM feeds)",
    "polling": "SELECT 1 FROM feeds WHERE listed = 1 AND last_checked_at IS NULL",
    "reading": "SELECT 1 FROM articles WHERE state = 'pending' AND tries = 0",
    "embedding": """
        SELECT 1 FROM sentences LEFT JOIN vectors USING (text_hash) WHERE vectors.text_hash IS NULL
    """,
    "tracing or judging": """
        SELECT 1 FROM versions WHERE id NOT IN (SELECT version_id FROM judgements) LIMIT 1
    """,
    "all done": "SELECT 1",
}
Rows = Counter[tuple[object, ...]]


@dataclass(slots=True)
class Tally:
    """What the lives came to. moments: what each kill cut off."""

    kills: int = 0
    lost: int = 0
    doubled: int = 0
    damaged: int = 0
    reads: int = 0
    moments: Counter[str] = field(default_factory=Counter)

    def compare(self, got: Rows, wanted: Rows) -> None:
        """Count the rows that are missing and those that are there too often."""
        self.lost += (wanted - got).total()
        self.doubled += (got - wanted).total()


def begin(nursery: ForkServerContext, line: Line) -> ForkServerProcess:
    """Start `monitor run`."""
    process = nursery.Process(target=run_command, args=(["run", *line.arguments],))
    process.start()
    return process


def settle(nursery: ForkServerContext, line: Line) -> float:
    """Let it run until a whole round is done, then end it in good order; return the seconds until then."""
    done = len(line.rows(DONE)) if line.has(DONE) else 0
    began, process = time.monotonic(), begin(nursery, line)
    while not (line.has(DONE) and len(line.rows(DONE)) > done):
        if not process.is_alive() or time.monotonic() - began > ENDS_WITHIN_S:
            raise RuntimeError(f"{line.db}: no round was ended, exit code {process.exitcode}")
        time.sleep(0.02)
    took = time.monotonic() - began
    process.terminate()
    process.join()
    if process.exitcode != 0:
        raise RuntimeError(f"{line.db}: exit code {process.exitcode} after SIGTERM")
    return took


@contextmanager
def reading(db: Path, tally: Tally) -> Iterator[None]:
    """Read the database all the time while the block runs, as a query page does."""
    over = threading.Event()

    def read() -> None:
        while not over.wait(0.01):
            try:
                with closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as conn:
                    conn.execute("SELECT count(*) FROM current_findings").fetchall()
                    tally.reads += 1
            except sqlite3.OperationalError:
                continue  # it is not there yet

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def live(nursery: ForkServerContext, line: Line, kills: int, chance: random.Random, *, work: int) -> Tally:
    """Kill a run over and over, then let it come to its end; work: rows that an undisturbed run writes."""
    tally = Tally()
    with reading(line.db, tally):
        for number in range(kills):
            process = begin(nursery, line)
            wait_for_a_moment(process, line, work, chance, left=kills - number)
            process.kill()
            process.join()
            tally.kills += process.exitcode == -signal.SIGKILL
            tally.moments[next(moment for moment, sql in MOMENTS.items() if cut_at(line, sql))] += 1
        settle(nursery, line)
    tally.damaged += line.rows("PRAGMA integrity_check") != [("ok",)]
    tally.damaged += line.rows("PRAGMA foreign_key_check") != []
    return tally


def wait_for_a_moment(
    process: ForkServerProcess, line: Line, work: int, chance: random.Random, *, left: int
) -> None:
    """Wait until the run has done a random share of the work that is left, and some milliseconds more.

    Counted in rows and not in seconds, so that a busy machine does not move all kills to one step. One in five
    falls on the start. work: rows that an undisturbed run writes. left: kills still to come in this life.
    """
    if chance.random() < 0.2:
        process.join(chance.random() * START_S)
        return
    done = progress(line)
    goal = done + chance.random() * 2 * (work - done) / (left + 1)
    until = time.monotonic() + ENDS_WITHIN_S
    while progress(line) < min(goal, work - 1) and process.is_alive() and time.monotonic() < until:
        time.sleep(0.005)
    process.join(chance.random() * 0.05)


def progress(line: Line) -> int:
    """Count what the steps have written so far."""
    return int(str(line.rows(WRITTEN)[0][0])) if line.has(LISTED) else 0


def cut_at(line: Line, sql: str) -> bool:
    """Tell whether a kill left such a row; before there is a table, only that there is none."""
    if not line.has(LISTED):
        return "NOT EXISTS" in sql
    return line.has(sql)


def articles_of(line: Line) -> Rows:
    """Return every version of every article, as often as it is stored."""
    return Counter(line.rows(ARTICLES))


def findings_of(line: Line) -> Rows:
    """Return every finding, as often as it is stored."""
    return Counter(line.rows(FINDINGS))


def measure(settings: Mapping[str, object], folder: Path, *, rounds: int, seed: int) -> tuple[Tally, Line, float]:
    """Live as many lives as the kills need; return what came of it, the calm line, and its times."""
    nursery = open_nursery()
    calm = make_line(folder / "calm", settings, poll_minutes=60)
    begin(nursery, make_line(folder / "warm", settings, poll_minutes=60)).kill()
    settle(nursery, make_line(folder / "first", settings, poll_minutes=60))  # loads what later ones find in memory
    calm_s = settle(nursery, calm)
    total, articles, findings = Tally(), articles_of(calm), findings_of(calm)
    for life in range((rounds - 1) // ROUNDS_A_LIFE + 1):
        kills = min(ROUNDS_A_LIFE, rounds - life * ROUNDS_A_LIFE)
        line = make_line(folder / str(life), settings, poll_minutes=60)
        chance = random.Random(f"{seed}-{life}")  # noqa: S311  no secret
        one = live(nursery, line, kills, chance, work=progress(calm))
        one.compare(articles_of(line), articles)
        one.compare(findings_of(line), findings)
        for name in ("kills", "lost", "doubled", "damaged", "reads"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.moments += one.moments
        sys.stderr.write(f"life {life + 1}: {one}\n")
    return total, calm, calm_s


def main() -> int:
    """Print a table of what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--languages", default="", help="only these feeds, such as es,it; all if empty")
    given = parser.parse_args()
    with newsroom() as settings, tempfile.TemporaryDirectory() as folder:
        wanted = set(filter(None, given.languages.split(",")))
        feeds = cast("list[dict[str, str]]", settings["feeds"])  # as the newsroom prints them
        chosen = [feed for feed in feeds if not wanted or feed.get("lang") in wanted]
        began = time.monotonic()
        total, calm, calm_s = measure(
            {**settings, "feeds": chosen}, Path(folder), rounds=given.rounds, seed=given.seed
        )
        rows = {
            "feeds, articles, findings of an undisturbed run": (
                f"{len(chosen)}, {articles_of(calm).total()}, {findings_of(calm).total()}"
            ),
            "its start and first round": f"{calm_s:.1f} s",
            "kills": f"{total.kills}",
            **{f"kills: {moment}": f"{total.moments[moment]}" for moment in MOMENTS},
            "reads by another program meanwhile": f"{total.reads}",
            "articles and findings lost": f"{total.lost}",
            "articles and findings doubled": f"{total.doubled}",
            "databases that fail integrity_check or foreign_key_check": f"{total.damaged}",
            "in all": f"{(time.monotonic() - began) / 60:.1f} min",
        }
    sys.stdout.write("| what | figure |\n|---|---|\n")
    sys.stdout.writelines(f"| {name} | {figure} |\n" for name, figure in rows.items())
    return int(bool(total.lost or total.doubled or total.damaged))


if __name__ == "__main__":
    sys.exit(main())
