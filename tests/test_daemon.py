"""The daemon: how it ends, who may start, that its rounds go on, and that a bug ends it loudly."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from numpy.typing import NDArray

from monitor.clock import utc_now
from monitor.collect.fetch import ANYTHING, Fetcher, Permit
from monitor.collect.hosts import Hosts
from monitor.config import FeedSettings, ReadSettings, Settings
from monitor.daemon import Daemon, mind_the_clock, open_world
from monitor.errors import FetchError
from monitor.feed_records import Page
from monitor.lock import hold
from monitor.newsroom import Newsroom
from monitor.newsroom.__main__ import settings_yaml
from monitor.pipeline import Models, World
from monitor.records import Baseline
from monitor.store import Store, open_store
from tests.judge.fake_model import FakeModel
from tests.line import Line, make_line
from tests.town import DAM, DEAD, NOW

LANGUAGES = ("es", "ko", "it")
FEED = FeedSettings(url="http://127.0.0.1:19009/feed", name="The feed")


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    """One server for all daemons of this file, in this process, so that what it was asked can be looked up."""
    loop, room = asyncio.new_event_loop(), Newsroom(port=0)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(room.__aenter__(), loop).result(10)
    yield room
    asyncio.run_coroutine_threadsafe(room.__aexit__(None, None, None), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def line(room: Newsroom, tmp_path: Path) -> Line:
    """A few feeds, each polled once an hour."""
    feeds = [feed for feed in room.feeds if feed.lang in LANGUAGES]
    return make_line(tmp_path, yaml.safe_load(settings_yaml(feeds)), poll_minutes=60)


def wait_for(what: Callable[[], object], *, within_s: float = 60) -> None:
    """Wait until something holds in the world of another process."""
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


def end(process: subprocess.Popen[str], signum: int) -> str:
    """Tell a daemon to end: it must within 10 s, with exit code 0. Returns what it wrote to stderr."""
    process.send_signal(signum)
    before = time.monotonic()
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - before < 10
    assert process.returncode == 0, errors
    return errors


def check_whole(line: Line) -> None:
    """Nothing is half-written, and the lock is free."""
    with hold(line.db):
        assert line.rows("PRAGMA integrity_check") == [("ok",)]
        assert line.rows("PRAGMA foreign_key_check") == []
        assert not line.rows(
            "SELECT 1 FROM articles WHERE state = 'read' AND id NOT IN (SELECT article_id FROM versions)"
        )
        assert not line.rows("SELECT id FROM versions WHERE id NOT IN (SELECT version_id FROM sentences)")
        assert not line.rows(
            """
            SELECT findings.id FROM findings LEFT JOIN judgements USING (version_id, revision_id, judge_id)
            WHERE judgements.judged_at IS NULL
            """
        )


def children(pid: int) -> set[int]:
    """Return the processes that a process started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("signum", "moment"),
    [
        pytest.param(signal.SIGTERM, "SELECT 1 FROM articles", id="reading"),
        pytest.param(signal.SIGTERM, "SELECT 1 FROM vectors", id="embedding"),
        pytest.param(signal.SIGTERM, "SELECT 1 FROM judgements", id="judging"),
        pytest.param(signal.SIGINT, "SELECT 1 FROM judgements", id="judging-and-ctrl-c"),
    ],
)
def test_it_ends_cleanly_in_the_middle_of_whatever_it_does(line: Line, signum: int, moment: str) -> None:
    """A machine shuts down when it likes; what was cut off is pending, and is no error in the log."""
    process = line.start("run")
    wait_for(lambda: line.has(moment))
    assert "Traceback" not in end(process, signum)
    assert not line.has("SELECT 1 FROM rounds")  # else it was cut off in the middle of nothing
    check_whole(line)


def test_a_restart_polls_nothing_twice(line: Line, room: Newsroom) -> None:
    """When a feed is due stands in the database; restarts are no burden to anyone."""
    process = line.start("run")
    wait_for(lambda: line.has("SELECT 1 FROM rounds"))
    end(process, signal.SIGTERM)
    asked = room.requests.total()
    assert line.rows("SELECT count(*) FROM articles WHERE state = 'pending' AND tries = 0") == [(0,)]
    process = line.start("run")
    wait_for(lambda: line.has("SELECT 1 FROM rounds GROUP BY step HAVING count(*) > 1"))
    end(process, signal.SIGTERM)
    assert room.requests.total() == asked
    check_whole(line)


def test_a_second_daemon_refuses_and_names_the_first(line: Line) -> None:
    """Two daemons on one database (case 48) would ask every feed twice."""
    first = line.start("run")
    wait_for(lambda: line.has("SELECT 1 FROM feeds"))
    second = line.run("run")
    assert second.returncode == 1
    assert f"process {first.pid}" in second.stderr
    assert second.stderr.count("\n") == 1
    end(first, signal.SIGTERM)


@pytest.mark.parametrize(
    ("words", "signum"), [(["run"], signal.SIGKILL), (["run", "--once"], signal.SIGTERM)], ids=["kill", "once"]
)
def test_no_worker_outlives_its_daemon(line: Line, words: list[str], signum: int) -> None:
    """Whoever is killed cannot end others; workers that stay behind would fill the memory, kill by kill."""
    process = line.start(*words)
    wait_for(lambda: line.has("SELECT 1 FROM articles"))
    started = children(process.pid)
    assert len(started) >= 2
    process.send_signal(signum)
    process.communicate(timeout=20)
    assert process.returncode == -signum
    wait_for(lambda: not any(map(is_alive, started)), within_s=10)


def test_one_round_does_every_step_and_ends(line: Line) -> None:
    """For cron, and for whoever wants to see what happens."""
    done = line.run("run", "--once")
    assert done.returncode == 0, done.stderr
    steps = [step for (step,) in line.rows("SELECT step FROM rounds ORDER BY id")]
    assert steps == ["poll", "read", "embed", "origins", "judge"]
    assert line.has("SELECT 1 FROM findings")
    check_whole(line)


class Asked:
    """A fetcher that counts, and raises what it is given."""

    def __init__(self, error: Exception) -> None:
        self.error, self.urls = error, list[str]()
        self.hosts = Hosts(per_host=2, at_once=2)

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        feed: str | None = None,
        permit: Permit = ANYTHING,
    ) -> Page:
        self.urls.append(url)
        raise self.error


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One feed and two claims."""
    with open_store(tmp_path / "monitor.db") as store:
        store.feeds.sync([FEED], now=NOW)
        store.claims.sync(Baseline("The flood", "en", "2026-11", None, (DAM, DEAD)), now=NOW)
        yield store


def run_here(
    store: Store, fetcher: Fetcher, *, model: FakeModel | None = None, until: Callable[[], bool] = lambda: False
) -> int:
    """Run a daemon in this process, with a round five times a second, until SIGTERM.

    Returns how many vectors were stored at the moment it ended.
    """
    model = model or FakeModel()

    async def run() -> int:
        async with open_world(Settings(read=ReadSettings(workers=1))) as world:
            daemon = Daemon(
                store,
                Settings(),
                World(fetcher, world.workers),
                Models(model, model),
                every=timedelta(seconds=0.2),
            )

            async def watch() -> None:
                while not until():  # noqa: ASYNC110  a database tells nobody
                    await asyncio.sleep(0.01)
                for _ in range(2):  # the second from somebody impatient, which changes nothing
                    os.kill(os.getpid(), signal.SIGTERM)

            watcher = asyncio.create_task(watch())
            try:
                await daemon.run()
            finally:
                watcher.cancel()
            return store.count("vectors")

    return asyncio.run(asyncio.wait_for(run(), 30))


def test_round_follows_round_and_the_digest_is_written_when_it_is_due(store: Store) -> None:
    """APScheduler starts them; what is due stands in the store, so a feed that failed is not asked each time."""
    fetcher = Asked(FetchError(FEED.url, "no connection"))
    run_here(store, fetcher, until=lambda: store.count("rounds") >= 3 * 4)
    assert fetcher.urls == [FEED.url]
    assert "poll" in {count.step for count, _ in store.rounds.last()}
    assert store.db.conn.execute("SELECT failed FROM rounds WHERE step = 'poll'").fetchmany(2) == [(1,), (0,)]


def test_the_digest_is_written_after_the_round_that_makes_it_due(store: Store) -> None:
    """Once a day, from the reader's hour on."""
    now = NOW
    daemon = Daemon(
        store,
        Settings(),
        World(Asked(FetchError(FEED.url, "no connection")), None),  # type: ignore[arg-type]  # no page comes, no worker is asked
        Models(FakeModel(), FakeModel()),
        clock=lambda: now,
    )

    async def ticks() -> list[int]:
        nonlocal now
        counts = []
        for hours in (0, 1, 1):
            now = NOW + timedelta(hours=hours)
            await daemon.tick()
            counts.append(store.count("digests"))
        await daemon.tidy()
        return counts

    assert asyncio.run(ticks()) == [0, 1, 1]


def test_a_bug_ends_the_daemon_loudly(store: Store) -> None:
    """A daemon that swallows bugs looks alive and does nothing."""
    with pytest.raises(RuntimeError, match="a bug"):
        run_here(store, Asked(RuntimeError("a bug")))
    assert store.count("rounds") == 0


class Interrupted(FakeModel):
    """A model that is in the middle of its work when the signal comes."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)  # the work goes on for a while, in a thread that nobody can end
        return super().embed(texts)


def test_a_step_that_computes_finishes_its_batch_before_the_store_is_closed(store: Store) -> None:
    """What was computed is kept; the rest of the round is left to the next start."""
    assert run_here(store, Asked(FetchError(FEED.url, "no connection")), model=Interrupted()) == 2
    assert store.count("rounds") == 0
    assert store.count("judgements") == 0


def test_a_clock_that_was_set_back_does_not_keep_the_next_round_waiting() -> None:
    """The scheduler would wait for three days; whoever looks by another clock makes the round due."""

    async def go() -> None:
        came = asyncio.Event()

        async def tell() -> None:
            came.set()

        scheduler = AsyncIOScheduler(timezone=UTC)
        job = scheduler.add_job(tell, "interval", seconds=60, next_run_time=utc_now() + timedelta(days=3))
        scheduler.start()
        minder = asyncio.create_task(mind_the_clock(job, every=timedelta(seconds=0.05)))
        await asyncio.wait_for(came.wait(), 30)
        minder.cancel()
        scheduler.shutdown(wait=False)

    asyncio.run(go())
