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

ROUNDS_A_LIFE = 10
ENDS_WITHIN_S = 300

ARTICLES = """
    SELECT canonical_url, content_hash FROM articles
    JOIN versions ON versions.article_id = articles.id
"""
FINDINGS = """
    SELECT articles.canonical_url, claim_revisions.claim_id, stance, manner, sentence, evidence, asserted_by, score
    FROM findings
    JOIN versions ON versions.id = findings.version_id
    JOIN articles ON articles.id = versions.article_id
    JOIN claim_revisions ON claim_revisions.id = findings.revision_id
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


@dataclass(frozen=True, slots=True)
class Calm:
    """How long an undisturbed run takes until its first row, and from there to the end of its first round."""

    start_s: float
    work_s: float


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


def settle(nursery: ForkServerContext, line: Line) -> Calm:
    """Let it run until a whole round is done, then end it in good order; say how long it took."""
    done = len(line.rows(DONE)) if line.has(DONE) else 0
    began, process, start_s = time.monotonic(), begin(nursery, line), 0.0
    while not (line.has(DONE) and len(line.rows(DONE)) > done):
        if not process.is_alive() or time.monotonic() - began > ENDS_WITHIN_S:
            raise RuntimeError(f"{line.db}: no round was ended, exit code {process.exitcode}")
        start_s = start_s or line.has("SELECT 1 FROM feeds") * (time.monotonic() - began)
        time.sleep(0.02)
    took = Calm(start_s, time.monotonic() - began - start_s)
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


def live(nursery: ForkServerContext, line: Line, kills: int, chance: random.Random, *, calm: Calm) -> Tally:
    """Kill a run over and over, then let it come to its end."""
    tally = Tally()
    with reading(line.db, tally):
        for _ in range(kills):
            process = begin(nursery, line)
            process.join(moment(chance, calm))
            process.kill()
            process.join()
            tally.kills += process.exitcode == -signal.SIGKILL
            tally.moments[next(moment for moment, sql in MOMENTS.items() if cut_at(line, sql))] += 1
        settle(nursery, line)
    tally.damaged += line.rows("PRAGMA integrity_check") != [("ok",)]
    tally.damaged += line.rows("PRAGMA foreign_key_check") != []
    return tally


def moment(chance: random.Random, calm: Calm) -> float:
    """Choose when to kill, in seconds after the start.

    One in five falls on the start. The others fall mostly early in the work, and after a sixth of it on average:
    what was done stays done, so the ten kills of a life come upon all steps.
    """
    if chance.random() < 0.2:
        return chance.random() * calm.start_s
    return calm.start_s + chance.random() ** 2 * calm.work_s / 2


def cut_at(line: Line, sql: str) -> bool:
    """Tell whether a kill left such a row; before there is a table, only that there is none."""
    if not line.has("SELECT 1 FROM feeds"):
        return "NOT EXISTS" in sql
    return line.has(sql)


def articles_of(line: Line) -> Rows:
    """Return every version of every article, as often as it is stored."""
    return Counter(line.rows(ARTICLES))


def findings_of(line: Line) -> Rows:
    """Return every finding, as often as it is stored."""
    return Counter(line.rows(FINDINGS))


def measure(settings: Mapping[str, object], folder: Path, *, rounds: int, seed: int) -> tuple[Tally, Line, Calm]:
    """Live as many lives as the kills need; return what came of it, the calm line, and its times."""
    nursery = open_nursery()
    calm = make_line(folder / "calm", settings, poll_minutes=60)
    begin(nursery, make_line(folder / "warm", settings, poll_minutes=60)).kill()
    settle(nursery, make_line(folder / "first", settings, poll_minutes=60))  # loads what later ones find in memory
    times = settle(nursery, calm)
    total, articles, findings = Tally(), articles_of(calm), findings_of(calm)
    for life in range((rounds - 1) // ROUNDS_A_LIFE + 1):
        kills = min(ROUNDS_A_LIFE, rounds - life * ROUNDS_A_LIFE)
        line = make_line(folder / str(life), settings, poll_minutes=60)
        chance = random.Random(f"{seed}-{life}")  # noqa: S311  no secret
        one = live(nursery, line, kills, chance, calm=times)
        one.compare(articles_of(line), articles)
        one.compare(findings_of(line), findings)
        for name in ("kills", "lost", "doubled", "damaged", "reads"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.moments += one.moments
        sys.stderr.write(f"life {life + 1}: {one}\n")
    return total, calm, times


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
        total, calm, times = measure(
            {**settings, "feeds": chosen}, Path(folder), rounds=given.rounds, seed=given.seed
        )
        rows = {
            "feeds, articles, findings of an undisturbed run": (
                f"{len(chosen)}, {articles_of(calm).total()}, {findings_of(calm).total()}"
            ),
            "its start and its first round": f"{times.start_s:.1f} s, {times.work_s:.1f} s",
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
