"""A process that has loaded everything → rounds that begin at once, and can be killed at once.

`monitor run --once` takes two seconds to load its libraries and weights. For a test that starts it fifty times,
multiprocessing's fork server imports tests.nursery_warm once, and each round runs in a fork of it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

from monitor.cli import main
from monitor.clock import utc_now
from monitor.config import JudgeSettings, load_baseline, load_settings
from monitor.daemon import Daemon, open_world
from monitor.judge.backends import open_model
from monitor.lock import hold
from monitor.newsroom import BASELINE
from monitor.pipeline import Models
from monitor.store import open_store


def open_nursery() -> ForkServerContext:
    """Return the context whose processes are forks of the one that has loaded everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.nursery_warm"])
    return context


@cache
def models() -> Models:
    """Load the embedded model, once in a process and its forks."""
    return Models(*open_model(JudgeSettings(), key=None))


def one_round(config: Path, db: Path) -> None:
    """Do what `monitor run --once` does."""
    settings = load_settings(config)

    async def work() -> None:
        async with open_world(settings) as world:
            await Daemon(store, settings, world, models()).tick()

    with hold(db), open_store(db) as store:
        store.feeds.sync(settings.feeds, now=utc_now())
        store.claims.sync(load_baseline(BASELINE), now=utc_now())
        asyncio.run(work())


def run_command(words: list[str]) -> None:
    """Do what the command line does with these words, in a process of its own."""
    main(words)
