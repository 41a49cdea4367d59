"""Time → rounds: keep the steps going until told to stop, and end cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import desk, pipeline
from monitor.clock import utc_now
from monitor.collect.fetch import NO_LOGINS, HttpFetcher
from monitor.collect.logins import Login, read_logins
from monitor.collect.outage import Absence, AbsenceCause, is_stop
from monitor.config import Settings
from monitor.errors import DamagedError, StoreError, TryLaterError
from monitor.pipeline import Models, Progress, Stop, World, no_progress
from monitor.read.workers import Workers
from monitor.records import Baseline, StepCount
from monitor.report.calendar import digest_due, local_day
from monitor.store import Store
from monitor.store.backup import back_up_nightly
from monitor.store.rounds import NIGHT
from monitor.watch import Watch, tell_systemd

log = logging.getLogger(__name__)

ROUND_EVERY = timedelta(minutes=1)
STEP_AT_MOST = timedelta(minutes=10)  # what a step has not done by then is pending for the next round
CUT_OFF_AFTER = timedelta(minutes=12)  # a step that asks the web and has not stopped by then hangs
END_WITHIN_S = 9.0  # after SIGTERM; then the process ends itself, and the database is safe in any case

SLOWEST = 10  # times as long as usual, between rounds that fail: a full disk is looked at every ten minutes
TIDY_AT = "03:17"  # the reader's time of day for the housekeeping
EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)  # before this release; a clock without a battery starts in 1970

Clock = Callable[[], datetime]
Asking = Callable[..., Awaitable[StepCount]]
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Daemon:
    """Everything a round needs.

    every: from one round to the next. cut_off_after: when a step that asks the web hangs. stop: set once the
    process is to end. watch: who looks after it.
    """

    store: Store
    settings: Settings
    world: World
    models: Models
    clock: Clock = utc_now
    every: timedelta = ROUND_EVERY
    cut_off_after: timedelta = CUT_OFF_AFTER
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Watch = field(default_factory=Watch)

    async def round(self, progress: Progress = no_progress) -> list[StepCount]:
        """Do every step once, in order; write down and return what each did.

        Each step takes what the one before it left in the store, so a round that is cut off
        loses nothing: the next one goes on where it stopped.
        """
        now = self.clock()
        counts = [
            await self._timed("poll", self._ask(pipeline.poll, now=now, progress=progress)),
            await self._timed("read", self._ask(pipeline.read, now=now, progress=progress)),
            await self._timed("embed", self._compute(partial(pipeline.embed, progress=progress))),
            await self._timed("origins", self._compute(partial(pipeline.origins, progress=progress))),
            await self._timed(
                "judge", self._compute(partial(pipeline.judge, now=self.clock(), progress=progress))
            ),
        ]
        self.store.rounds.add(counts, now=self.clock())
        for count in counts:
            log.info("step done step=%s done=%d failed=%d note=%s seconds=%.1f", *astuple(count))
        return counts

    async def _timed(self, name: str, step: Coroutine[object, object, StepCount | None]) -> StepCount:
        """Run a step under watch; return what it did, and how long it took. None: it was cut off."""
        began = time.monotonic()
        with self.watch.step(name):
            count = await step
        if count is None:
            log.error("step cut off step=%s", name)
            count = StepCount(name, 0, 1, "cut off, for it did not come back; it goes on with the next round")
        return replace(count, seconds=round(time.monotonic() - began, 1))

    async def _ask(self, step: Asking, *, now: datetime, progress: Progress) -> StepCount | None:
        """Run a step that asks the web; None if it had to be cut off. What it left is pending."""
        try:
            async with asyncio.timeout(self.cut_off_after.total_seconds()) as limit:
                return await step(
                    self.store, self.world, self.settings, now=now, progress=progress, stop=self._deadline()
                )
        except TimeoutError:
            if not limit.expired():
                raise
            return None

    def _deadline(self) -> Stop:
        """Start the clock of a step; return what tells it to stop."""
        until = time.monotonic() + STEP_AT_MOST.total_seconds()
        return lambda: self.stop.is_set() or time.monotonic() > until

    async def _compute(self, step: Callable[..., StepCount]) -> StepCount:
        """Run a step that computes, for as long as a step may take."""
        return await self._in_thread(partial(step, self.store, self.models, stop=self._deadline()))

    async def _in_thread(self, work: Callable[[], Done]) -> Done:
        """Do work in a thread, and never leave it behind: it uses the store."""
        job = asyncio.get_running_loop().run_in_executor(None, work)
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            self.stop.set()
            with contextlib.suppress(TryLaterError):  # a backup that breaks off says so
                await job
            raise

    async def tick(self, progress: Progress = no_progress) -> list[StepCount]:
        """Do a round, and the day's digest when it is due; return what each step did."""
        self._take_up(self.store.rounds.last_end())
        began, began_s = self.clock(), time.monotonic()
        counts = await self.round(progress)
        self._take_up(began, awake=timedelta(seconds=time.monotonic() - began_s))
        self.write_digest_if_due()
        return counts

    def write_digest_if_due(self) -> None:
        """Write the day's digest once the reader's hour has come."""
        now = self.clock()
        if desk.is_digest_due(self.store, self.settings, now=now):
            desk.write_digest(self.store, self.settings, now=now)
            log.info("digest written")

    def _take_up(self, last: datetime | None, *, awake: timedelta = timedelta(0)) -> None:
        """Take up the work after whatever came since then: a stop, a sleep, a clock that was set.

        last: the end of the round before, or the start of this one. awake: for how long the machine ran since, by
        a clock that stands still while it sleeps.
        """
        now = self.clock()
        if now < EARLIEST:
            raise TryLaterError(f"the clock of this machine says {now:%d %b %Y}. Set it: timedatectl set-ntp true")
        if last is None:
            return
        if now < last:
            log.warning("clock set back by=%s", last - now)
            self.store.clock_set_back(now=now)
        elif is_stop(last + awake, now):
            self.store.absences.add(Absence(last, now, AbsenceCause.STOPPED))

    async def tidy(self) -> None:
        """Do the housekeeping: fold the log of writes, check the database, back it up; write down how it went."""
        now, path = self.clock(), self.store.path
        self.store.tidy()
        if not isinstance(path, Path):
            return
        day, keep = local_day(now, self.settings.reader.time_zone), self.settings.store.backups
        try:
            note = await self._in_thread(partial(back_up_nightly, path, day=day, keep=keep, stop=self.stop.is_set))
            count = StepCount(NIGHT, 1, 0, note)
        except DamagedError:
            raise
        except StoreError as error:
            log.warning("no backup why=%s", error)
            count = StepCount(NIGHT, 0, 1, str(error))
        self.store.rounds.add([count], now=self.clock())

    def is_tidy_due(self) -> bool:
        """Tell whether the reader's clock has passed the hour of the night since the last housekeeping."""
        now, zone, last = self.clock(), self.settings.reader.time_zone, self.store.rounds.last_night()
        # One that lies ahead was done by a clock that was wrong.
        day = local_day(last, zone) if last is not None and last <= now else None
        return digest_due(last_day=day, now=now, zone=zone, at=TIDY_AT)

    async def run(self, *, started: Callable[[], None] = lambda: None) -> None:
        """Keep going until SIGTERM or SIGINT. Raises whatever a round raised: a bug ends the daemon, loudly.

        started: called once these signals end it in good order, and not before.
        """
        loop, ended, turn = asyncio.get_running_loop(), asyncio.Event(), asyncio.Lock()
        errors: list[Exception] = []
        by_force = threading.Timer(END_WITHIN_S, os._exit, args=(1,))  # a hung call must not keep the process
        by_force.daemon = True

        def end(signum: int | None = None) -> None:
            if not ended.is_set():
                log.info("ending signal=%s", signum)
                tell_systemd("STOPPING=1")
                self.stop.set()
                by_force.start()
                ended.set()

        failed = 0  # rounds in a row

        async def next_round() -> None:
            nonlocal failed
            try:
                async with turn:
                    failed = 0 if await self.attend() else failed + 1
            except asyncio.CancelledError:
                return  # cut off by the end of the daemon, which is no failure of the round
            except Exception as error:  # noqa: BLE001  a bug or a damaged file: raised below, once the store is free
                errors.append(error)
                end()
            if failed:
                job.modify(next_run_time=utc_now() + self.every * min(2**failed, SLOWEST))

        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, end, signum)
        # UTC throughout: APScheduler skips or repeats local hours when the clocks change.
        scheduler = AsyncIOScheduler(timezone=UTC)
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        job = scheduler.add_job(
            next_round, "interval", seconds=self.every.total_seconds(), next_run_time=utc_now(), **options
        )
        async with self.watch.looking():
            scheduler.start()
            minder = loop.create_task(mind_the_clock(job, every=self.every))
            started()
            tell_systemd("READY=1")
            try:
                await ended.wait()
            finally:
                minder.cancel()
                scheduler.shutdown(wait=False)
                async with turn:  # the round that was cut off has left the store
                    by_force.cancel()
        if errors:
            raise errors[0]

    async def attend(self) -> bool:
        """Do a round, and the housekeeping when it is due; False if the world kept it from being stored."""
        try:
            with self.store.plainly():
                await self.tick()
                if self.is_tidy_due():
                    await self.tidy()
        except TryLaterError as error:
            log.warning("round failed why=%s", error)
            return False
        return True


async def mind_the_clock(job: Job, *, every: timedelta) -> None:
    """Make the next round due when it lies further ahead than any round may: somebody set the clock back.

    The scheduler plans by the time of day, so it would wait for as long as the clock was set back
    (agronholm/apscheduler#339); this looks by a clock that nobody sets.
    """
    while True:
        await asyncio.sleep(every.total_seconds())
        if job.next_run_time - utc_now() > every * SLOWEST:
            job.modify(next_run_time=utc_now())


@contextlib.asynccontextmanager
async def open_world(settings: Settings, *, logins: Mapping[str, Login] = NO_LOGINS) -> AsyncIterator[World]:
    """Open the way to the world: one HTTP client, and the workers that read pages. logins: by feed address."""
    with Workers(workers=settings.read.workers, deadline_s=settings.read.deadline_s) as workers:
        async with HttpFetcher(settings.collect, logins=logins) as fetcher:
            yield World(fetcher, workers)


async def one_round(
    store: Store, settings: Settings, watched: Baseline, models: Models, progress: Progress
) -> list[StepCount]:
    """Do one round for the feeds and claims of the files, and the day's digest when it is due."""
    logins = read_logins(settings.feeds, os.environ)
    list_sources(store, settings, watched)
    async with open_world(settings, logins=logins) as world:
        daemon = Daemon(store, settings, world, models)
        async with daemon.watch.looking():
            return await daemon.tick(progress)


async def follow(
    store: Store, settings: Settings, watched: Baseline, models: Models, *, started: Callable[[], None]
) -> None:
    """Keep following the feeds and claims of the files. started: as for Daemon.run."""
    logins = read_logins(settings.feeds, os.environ)
    list_sources(store, settings, watched)
    async with open_world(settings, logins=logins) as world:
        await Daemon(store, settings, world, models).run(started=started)


def list_sources(store: Store, settings: Settings, watched: Baseline) -> None:
    """Make the stored feeds and claims those of the files."""
    store.feeds.sync(settings.feeds, now=utc_now())
    store.claims.sync(watched, now=utc_now())
