"""SIGKILL at any moment loses nothing and doubles nothing."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from tests.line import Line, make_line, newsroom
from tests.nursery import one_round, open_nursery

SEED = 20261122
LIVES = 5  # databases, each killed over and over from its first moment on
KILLS = 10  # for each of them

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


@pytest.fixture(scope="module")
def room() -> Iterator[Mapping[str, object]]:
    """One server for all runs: its addresses are new at each start. A few feeds, for a short round."""
    with newsroom() as settings:
        feeds = settings["feeds"]
        assert isinstance(feeds, list)
        yield {**settings, "feeds": [feed for feed in feeds if feed.get("lang") in ("es", "it", "ko", "uk")]}


@pytest.fixture(scope="module")
def nursery() -> ForkServerContext:
    """Where rounds begin at once."""
    return open_nursery()


@dataclass(frozen=True, slots=True)
class Calm:
    """What an undisturbed run of the command finds, and how long a first round takes in the nursery."""

    articles: list[tuple[object, ...]]
    findings: list[tuple[object, ...]]
    round_s: float


@pytest.fixture(scope="module")
def calm(room: Mapping[str, object], nursery: ForkServerContext, tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """Follow the sample without disturbing it."""
    line = a_line(tmp_path_factory.mktemp("calm"), room)
    done = line.run("run", "--once")
    assert done.returncode == 0, done.stderr
    timed = a_line(tmp_path_factory.mktemp("timed"), room)
    begin(nursery, timed).kill()  # the first life waits until the nursery has loaded everything
    started = time.monotonic()
    settle(nursery, timed)
    return Calm(articles_of(line), findings_of(line), time.monotonic() - started)


def a_line(folder: Path, room: Mapping[str, object]) -> Line:
    """Name a new database. A feed that answered is not asked again: each round goes on where one was killed."""
    return make_line(folder, room, poll_minutes=60)


def begin(nursery: ForkServerContext, line: Line) -> ForkServerProcess:
    """Start a round."""
    process = nursery.Process(target=one_round, args=(line.config, line.db))
    process.start()
    return process


def settle(nursery: ForkServerContext, line: Line) -> None:
    """Do a round that nobody disturbs; nothing is left to do after it."""
    process = begin(nursery, line)
    process.join()
    assert process.exitcode == 0
    assert not line.has("SELECT 1 FROM feeds WHERE failures > 0")
    assert not line.has("SELECT 1 FROM articles WHERE state = 'pending'")


def articles_of(line: Line) -> list[tuple[object, ...]]:
    return sorted(line.rows(ARTICLES), key=repr)


def findings_of(line: Line) -> list[tuple[object, ...]]:
    return sorted(line.rows(FINDINGS), key=repr)


@pytest.mark.parametrize("life", range(LIVES))
def test_killed_at_any_moment_it_finds_the_same_as_undisturbed(
    life: int, room: Mapping[str, object], nursery: ForkServerContext, calm: Calm, tmp_path: Path
) -> None:
    """A laptop's lid closes when it likes: the same articles and findings as in an undisturbed run, none twice."""
    assert len(calm.articles) >= 20
    assert len(calm.findings) >= 20
    line, chance = a_line(tmp_path, room), random.Random(SEED + life)
    killed = 0
    for _ in range(KILLS):
        process = begin(nursery, line)
        # Mostly early, and a ninth of a round on average: ten kills fall on all of its steps, the short ones too.
        process.join(chance.random() ** 2 * calm.round_s / 3)
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
    assert killed >= KILLS / 2  # in the middle of something
    settle(nursery, line)
    assert line.rows("PRAGMA integrity_check") == [("ok",)]
    assert line.rows("PRAGMA foreign_key_check") == []
    assert articles_of(line) == calm.articles
    assert findings_of(line) == calm.findings
