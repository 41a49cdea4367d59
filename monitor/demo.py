"""The sample newsroom → a database and a digest: the production line on a small web of its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

from monitor.clock import utc_now
from monitor.config import CollectSettings, Settings, load_baseline
from monitor.daemon import Daemon, list_sources, open_world
from monitor.desk import write_digest
from monitor.errors import MonitorError
from monitor.judge.backends import open_model
from monitor.newsroom import BASELINE, Newsroom
from monitor.pipeline import Models, Progress
from monitor.records import StepCount
from monitor.report.digest import Digest
from monitor.report.render import render
from monitor.store import Store, open_store

POLL_MINUTES = 0.01  # feeds are due again at once
WAIT = timedelta(seconds=2)  # longer than the pause that the sample's busy server asks for
ROUNDS_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a demo run did. new_articles, new_findings: 0 and 0 when it was run before."""

    digest: Digest
    digest_html: Path
    database: Path
    new_articles: int
    new_findings: int
    rounds: list[list[StepCount]]


async def run_demo(folder: Path, *, port: int, progress: Progress) -> DemoResult:
    """Serve the sample newsroom on 127.0.0.1 and follow its story with the production pipeline.

    folder: where the database and the HTML digest go. Raises MonitorError if a port is in use or the
    digest cannot be written.
    """
    database, html = folder / "monitor.db", folder / "digest.html"
    async with Newsroom(port=port) as room:
        settings = Settings(
            collect=CollectSettings(
                poll_minutes=POLL_MINUTES, pause_s=0, allow_networks=(ip_network("127.0.0.0/8"),)
            ),
            feeds=room.feeds,
        )
        with open_store(database) as store:
            list_sources(store, settings, load_baseline(BASELINE))
            before = _counts(store)
            async with open_world(settings) as world:
                daemon = Daemon(store, settings, world, Models(*open_model(settings.judge, key=None)))
                rounds = await _rounds(daemon, progress)
            after = _counts(store)
            digest = write_digest(store, settings, now=utc_now())
    try:
        html.write_text(render(digest, format="html", zone=settings.reader.time_zone), encoding="utf-8")
    except OSError as error:
        raise MonitorError(f"{html}: cannot be written ({error.strerror}). Name another --folder.") from None
    return DemoResult(digest, html, database, after[0] - before[0], after[1] - before[1], rounds)


async def _rounds(daemon: Daemon, progress: Progress) -> list[list[StepCount]]:
    """Do rounds until nothing is left that a short wait would bring."""
    rounds = [await daemon.round(progress)]
    while len(rounds) < ROUNDS_AT_MOST and daemon.store.feeds.failing():
        await asyncio.sleep(WAIT.total_seconds())
        rounds.append(await daemon.round(progress))
    return rounds


def _counts(store: Store) -> tuple[int, int]:
    return store.count("versions"), store.count("findings")
