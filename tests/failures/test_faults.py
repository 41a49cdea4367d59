"""Faults of the machine (cases 44 to 50): state stays right, work goes on, and the digest says what was missed."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.collect.hosts import Hosts
from monitor.config import CollectSettings, ReaderSettings, Settings, StoreSettings
from monitor.daemon import Daemon
from monitor.errors import Cause, DamagedError, FetchError, TryLaterError
from monitor.feed_records import Page
from monitor.pipeline import Models, World
from monitor.read.workers import Workers
from monitor.records import Baseline
from monitor.report.calendar import local_day
from monitor.status import status_of
from monitor.store import Store, open_readonly, open_store
from monitor.store.backup import back_up_nightly
from monitor.store.database import LOG_BYTES
from tests.command import monitor, pages
from tests.judge.fake_model import FakeModel
from tests.store.killed_writer import kill_again_and_again
from tests.test_lock import HOLDER
from tests.town import DAM, DAY, HOUR, NOW, Bench, open_bench

FAST = timedelta(milliseconds=20)


@pytest.fixture
def bench(tmp_path: Path, workers: Workers) -> Iterator[Bench]:
    """A town with one feed of one long article, and one claim."""
    with open_bench(tmp_path, workers) as bench:
        bench.publish("/feed", dam="The dam above the valley broke on Monday.\n" + "\n".join(PARAGRAPHS))
        bench.watch(DAM)
        yield bench


PARAGRAPHS = [f"Paragraph {n} tells of the water, of the valley and of its people." for n in range(300)]


def daemon_of(bench: Bench, clock: Callable[[], datetime] = lambda: NOW) -> Daemon:
    """Make a daemon whose rounds follow each other at once; the clock stands still if none is given."""
    settings = Settings(collect=CollectSettings(requests_per_host=1), store=StoreSettings(backups=0))
    return Daemon(bench.store, settings, bench.world, bench.models, clock=clock, every=FAST)


@asynccontextmanager
async def running(daemon: Daemon) -> AsyncIterator[Callable[[Callable[[], bool]], asyncio.Future[None]]]:
    """Keep a daemon going; yields what waits until something holds, for as long as the daemon lives."""
    work = asyncio.create_task(daemon.run())

    async def until(what: Callable[[], bool]) -> None:
        while not what():
            if work.done():
                await work
                raise AssertionError("the daemon ended by itself")
            await asyncio.sleep(0.01)  # a database tells nobody

    def waiting(what: Callable[[], bool]) -> asyncio.Future[None]:
        return asyncio.ensure_future(asyncio.wait_for(until(what), 60))

    try:
        yield waiting
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


def warnings_in(caplog: pytest.LogCaptureFixture, words: str) -> int:
    return sum(words in record.getMessage() for record in caplog.records)


class Meddler:
    """A fetcher during whose every request another program writes to the same database."""

    def __init__(self, bench: Bench, path: Path) -> None:
        self.inner, self.path, self.writes = bench.world.fetcher, path, 0
        self.hosts = self.inner.hosts

    async def fetch(self, url: str, **how: Any) -> Page:
        page = await self.inner.fetch(url, **how)
        with closing(sqlite3.connect(self.path)) as other, other:
            other.execute("UPDATE feeds SET name = name || '!'")
            self.writes += 1
        return page


def test_case_44_a_read_that_turns_into_a_write(bench: Bench, tmp_path: Path) -> None:
    """Such a write fails at once, whatever the time-out; every transaction of ours takes the lock at its start."""
    path, said = tmp_path / "monitor.db", list[str]()
    with closing(sqlite3.connect(path, isolation_level=None)) as naive:  # what would happen otherwise
        naive.execute("BEGIN")
        naive.execute("SELECT count(*) FROM feeds").fetchone()
        bench.watch(DAM)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            naive.execute("UPDATE feeds SET name = 'x'")
    bench.store.db.conn.set_trace_callback(said.append)
    meddler = Meddler(bench, path)
    daemon = Daemon(bench.store, bench.settings, World(meddler, bench.world.workers), bench.models, lambda: NOW)
    bench.runner.run(daemon.tick())
    bench.store.db.conn.set_trace_callback(None)
    assert meddler.writes == 2
    assert {line for line in said if line.startswith("BEGIN")} == {"BEGIN IMMEDIATE"}
    assert bench.rows("SELECT state, tries FROM articles") == [("read", 0)]
    assert bench.rows("SELECT name FROM feeds") == [("/feed!!",)] or bench.rows("SELECT failures FROM feeds") == [
        (0,)
    ]


def test_case_45_a_reader_that_stays_keeps_the_log_growing(bench: Bench, tmp_path: Path) -> None:
    """While it stays the log cannot be folded, and status says so; once it left, the next writes fold it."""
    path, day = tmp_path / "monitor.db", NOW.date()

    def write(megabytes: int) -> None:
        for number in range(megabytes):
            bench.store.digests.put(day, since=None, until=NOW, body=str(number % 10) * 1_000_000)

    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM feeds").fetchone()
        write(2 * LOG_BYTES // 1_000_000)
        assert status_of(bench.store, now=NOW).log_bytes > 1.5 * LOG_BYTES
        bench.runner.run(daemon_of(bench).tidy())  # neither waits for it nor fails
        assert bench.store.health.bytes()[1] > 1.5 * LOG_BYTES
    write(3)
    assert bench.store.health.bytes()[1] <= LOG_BYTES
    with open_readonly(path) as other:
        assert other.digests.body(day) == "2" * 1_000_000


def test_case_46_a_full_disk(bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The round fails in one line and is tried again; reading goes on; with room again, nothing is lost.

    SQLite's own limit plays the full disk: it gives the same error at the same places.
    """
    conn = bench.store.db.conn
    pages_now = conn.execute("PRAGMA page_count").fetchone()[0]

    async def fill_and_make_room() -> None:
        conn.execute(f"PRAGMA max_page_count = {pages_now}")
        async with running(daemon_of(bench)) as until:
            await until(lambda: warnings_in(caplog, "the disk is full. Make room") >= 2)
            with open_readonly(tmp_path / "monitor.db") as other:
                assert status_of(other, now=NOW).articles.get("read", 0) == 0
            conn.execute("PRAGMA max_page_count = 1000000")
            await until(lambda: bench.store.count("judgements") > 0)

    bench.runner.run(fill_and_make_room())
    assert "Traceback" not in caplog.text
    assert bench.rows("SELECT state, tries FROM articles") == [("read", 0)]
    assert bench.rows("SELECT count(*) FROM versions") == [(1,)]
    assert bench.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("seed", [7])
def test_case_47_kill_9_in_the_middle_of_a_write(tmp_path: Path, seed: int) -> None:
    """A judgement stands with all its findings or not at all, and what was acknowledged is never lost."""
    kill_again_and_again(tmp_path / "monitor.db", seed=seed)


def test_case_48_two_daemons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second is refused, told who the first is, and asks no feed."""
    db, config = tmp_path / "monitor.db", tmp_path / "feeds.yaml"
    with (
        pages({}) as base,
        subprocess.Popen([sys.executable, "-c", HOLDER, str(db)], stdout=subprocess.PIPE) as first,
    ):
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        config.write_text(f"feeds:\n- url: {base}/feed\n  name: The feed\n")
        said = monitor(capsys, "run", "--db", db, "--config", config)
        first.kill()
    assert said.code == 1
    assert (
        said.err
        == f"monitor: {db}: in use by monitor, process {first.pid}. End that one first, or name another --db.\n"
    )
    assert not db.exists()


NIGHTS = [  # zone, three days around a change of its clocks
    ("Asia/Beirut", "2027-03-27"),  # midnight is skipped
    ("Africa/Cairo", "2027-04-29"),  # midnight is skipped
    ("America/Santiago", "2027-09-04"),  # midnight is skipped
    ("America/Santiago", "2027-04-02"),  # 23:00 to 24:00 comes twice
    ("Australia/Lord_Howe", "2027-10-02"),  # half an hour is skipped
    ("Europe/Berlin", "2027-10-30"),  # 02:30 comes twice
    ("America/New_York", "2027-03-13"),  # 02:30 is skipped
]


def test_case_49_clocks_that_change_and_the_daily_digest(tmp_path: Path) -> None:
    """One digest a day, each beginning where the last ended, and one housekeeping, whatever the clocks do."""
    for number, (zone, first) in enumerate(NIGHTS):
        start = datetime.fromisoformat(first).replace(hour=12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for at in ("00:00", "02:30"):
            with open_store(tmp_path / f"{number}{at[:2]}.db") as store:
                store.claims.sync(Baseline("The flood", "en", None, None, (DAM,)), now=start)
                written, nights = asyncio.run(live_through(store, zone, at, start=start))
            days = [local_day(start + n * timedelta(hours=24), zone).isoformat() for n in range(4)]
            assert [day for day, _, _ in written] == days, (zone, at)
            assert [since for _, since, _ in written[1:]] == [until for _, _, until in written[:-1]], (zone, at)
            assert nights == days, (zone, at)


async def live_through(
    store: Store, zone: str, at: str, *, start: datetime
) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Let a daemon see three days, a quarter of an hour at a time; return its digests and its nights."""
    now, nights = start, list[str]()
    settings = Settings(reader=ReaderSettings(time_zone=zone, digest_at=at), store=StoreSettings(backups=0))
    models = Models(FakeModel(), FakeModel())
    daemon = Daemon(store, settings, World(Silent(), None), models, clock=lambda: now)  # type: ignore[arg-type]  # no page comes, no worker is asked
    while now <= start + timedelta(hours=72):
        daemon.write_digest_if_due()
        if daemon.is_tidy_due():
            nights.append(local_day(now, zone).isoformat())
            await daemon.tidy()
        now += timedelta(minutes=15)
    rows = store.db.conn.execute("SELECT day, since_at, until_at FROM digests ORDER BY until_at").fetchall()
    return rows, nights


class Silent:
    """A fetcher that gets no answer from anybody."""

    hosts = Hosts(per_host=2, at_once=2)

    async def fetch(self, url: str, **how: Any) -> Page:
        raise FetchError(url, "no connection", cause=Cause.NO_CONNECTION)


def test_case_50_a_round_that_comes_late(bench: Bench) -> None:
    """A late round is done, not dropped: after the machine slept over the hour the digest comes, and names it."""
    times = {"now": NOW}
    daemon = daemon_of(bench, clock=lambda: times["now"])

    async def sleep_over_the_hour() -> None:
        async with running(daemon) as until:
            await until(lambda: bench.store.count("judgements") > 0)
            rounds = bench.store.count("rounds")
            times["now"] += 8 * HOUR
            await until(lambda: bench.store.count("digests") > 0 and bench.store.count("rounds") > rounds + 5)

    bench.runner.run(sleep_over_the_hour())
    assert bench.rows("SELECT day FROM digests") == [("2026-11-22",)]
    assert bench.rows("SELECT cause, since_at, until_at FROM absences") == [
        ("stopped", "2026-11-22T06:04:20Z", "2026-11-22T14:04:20Z")
    ]
    assert bench.rows("SELECT count(*) FROM rounds WHERE step = 'housekeeping'") == [(1,)]


def test_a_sleep_in_the_middle_of_a_round_is_told(bench: Bench) -> None:
    """A laptop is closed when it is closed, not between two rounds: that time too was without a watch."""
    times = {"now": NOW}

    class Lid(Silent):
        async def fetch(self, url: str, **how: Any) -> Page:
            times["now"] = NOW + 8 * HOUR
            return await super().fetch(url, **how)

    daemon = replace(daemon_of(bench, clock=lambda: times["now"]), world=World(Lid(), bench.world.workers))
    bench.runner.run(daemon.tick())
    assert bench.rows("SELECT cause, since_at, until_at FROM absences") == [
        ("stopped", "2026-11-22T06:04:20Z", "2026-11-22T14:04:20Z")
    ]


def test_a_long_round_is_no_sleep(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours that the machine worked through were watched: a first round of thousands of pages is no stop."""
    times, seconds = {"now": NOW}, {"now": 0.0}
    monkeypatch.setattr("monitor.daemon.time", SimpleNamespace(monotonic=lambda: seconds["now"]))

    class Slow(Silent):
        async def fetch(self, url: str, **how: Any) -> Page:
            times["now"], seconds["now"] = NOW + 2 * HOUR, 7200.0
            return await super().fetch(url, **how)

    daemon = replace(daemon_of(bench, clock=lambda: times["now"]), world=World(Slow(), bench.world.workers))
    bench.runner.run(daemon.tick())
    assert bench.rows("SELECT cause FROM absences") == []


def test_a_lock_that_another_program_keeps_fails_the_round_and_not_the_daemon(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody's open transaction is waited for, then told; once it ends, the work goes on by itself."""
    bench.store.db.conn.execute("PRAGMA busy_timeout = 20")

    async def lock_and_release() -> None:
        with closing(sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with running(daemon_of(bench)) as until:
                await until(lambda: warnings_in(caplog, "another program keeps the database locked") >= 2)
                other.execute("ROLLBACK")
                await until(lambda: bench.store.count("judgements") > 0)

    bench.runner.run(lock_and_release())
    assert bench.rows("SELECT state, tries FROM articles") == [("read", 0)]


def test_damage_ends_the_daemon_with_the_way_back(bench: Bench, tmp_path: Path) -> None:
    """To go on would make it worse; the line names the newest backup."""
    path, times = tmp_path / "monitor.db", {"now": NOW}
    back_up_nightly(path, day=NOW.date(), keep=1)

    async def damage() -> None:
        async with running(daemon_of(bench, clock=lambda: times["now"])) as until:
            await until(lambda: bench.rows("SELECT 1 FROM rounds WHERE step = 'housekeeping'") != [])
            with path.open("r+b") as file:
                file.seek(4096)
                file.write(b"\xff" * (path.stat().st_size - 4096))
            times["now"] += DAY  # the next night reads everything
            await until(lambda: False)

    with pytest.raises(DamagedError, match=r"monitor restore .*monitor-nightly-2026-11-22\.db"):
        bench.runner.run(damage())


def test_a_clock_set_back_by_days_stops_nothing(bench: Bench) -> None:
    """No wait for the days to come again, no digest lost, none doubled, and nobody asked in a storm."""
    times = {"now": NOW + 3 * DAY + HOUR}  # ahead, and the hour of the digest has passed

    async def go(*, until_digests: int) -> None:
        async with running(daemon_of(bench, clock=lambda: times["now"])) as until:
            rounds = bench.store.count("rounds")
            await until(
                lambda: bench.store.count("digests") >= until_digests and bench.store.count("rounds") > rounds + 10
            )

    bench.runner.run(go(until_digests=1))
    asked = bench.paths()
    times["now"] = NOW + HOUR
    bench.runner.run(go(until_digests=2))
    assert bench.paths() == ["/feed"] == asked[:1]
    assert bench.rows("SELECT day, taken_back FROM digests ORDER BY day") == [("2026-11-22", 0), ("2026-11-25", 1)]
    times["now"] = NOW + 3 * DAY + 2 * HOUR
    bench.runner.run(go(until_digests=2))
    assert bench.rows("SELECT day, since_at, taken_back FROM digests ORDER BY day") == [
        ("2026-11-22", None, 0),
        ("2026-11-25", "2026-11-22T07:04:20Z", 0),
    ]


def test_a_clock_that_was_never_set_keeps_the_rounds_waiting(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """A machine without a battery for its clock starts in 1970, until its network tells it the time."""
    times = {"now": datetime(1970, 1, 1, tzinfo=UTC)}

    async def go() -> None:
        async with running(daemon_of(bench, clock=lambda: times["now"])) as until:
            await until(lambda: warnings_in(caplog, "the clock of this machine says 01 Jan 1970. Set it") > 0)
            assert bench.paths() == []
            times["now"] = NOW
            await until(lambda: bench.store.count("judgements") > 0)

    bench.runner.run(go())


class BreaksOff(FakeModel):
    """Work in a thread that is told to stop, and says so with an error, as a backup does."""

    def __init__(self) -> None:
        self.begun, self.stop = threading.Event(), threading.Event()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.begun.set()
        self.stop.wait(60)
        raise TryLaterError("broken off")


def test_work_that_breaks_off_with_an_error_does_not_keep_the_daemon_from_ending(bench: Bench) -> None:
    """It took the place of the order to end, and the daemon slept on until it was killed."""
    model = BreaksOff()
    daemon = replace(daemon_of(bench), models=Models(model, model), stop=model.stop)

    async def go() -> None:
        async with running(daemon) as until:
            await until(model.begun.is_set)
            os.kill(os.getpid(), signal.SIGTERM)
            with pytest.raises(AssertionError, match="ended by itself"):
                await until(lambda: False)

    bench.runner.run(go())
