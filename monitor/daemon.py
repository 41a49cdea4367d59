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

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import desk, pipeline
from monitor.clock import utc_now
from monitor.collect.fetch import NO_LOGINS, HttpFetcher
from monitor.collect.logins import Login, read_logins
from monitor.config import Settings
from monitor.pipeline import Models, Progress, Stop, World, no_progress
from monitor.read.workers import Workers
from monitor.records import Baseline, StepCount
from monitor.store import Store
from monitor.watch import Watch, tell_systemd

log = logging.getLogger(__name__)

ROUND_EVERY = timedelta(minutes=1)
STEP_AT_MOST = timedelta(minutes=10)  # what a step has not done by then is pending for the next round
CUT_OFF_AFTER = timedelta(minutes=12)  # a step that asks the web and has not stopped by then hangs
END_WITHIN_S = 9.0  # after SIGTERM; then the process ends itself, and the database is safe in any case

Clock = Callable[[], datetime]
Asking = Callable[..., Awaitable[StepCount]]


@dataclass(frozen=True, slots=True)
class Daemon:
    """Everything a round needs.

    every: from one round to the next. cut_off_after: when a step that asks the web hangs. stop: set once the
    process is to end. turn: one job at a time. watch: who looks after it.
    """

    store: Store
    settings: Settings
    world: World
    models: Models
    clock: Clock = utc_now
    every: timedelta = ROUND_EVERY
    cut_off_after: timedelta = CUT_OFF_AFTER
    stop: threading.Event = field(default_factory=threading.Event)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    watch: Watch = field(default_factory=Watch)

    async def round(self, progress: Progress = no_progress) -> list[StepCount]:
        """Do every step once, in order; write down and return what each did.

        Each step takes what the one before it left in the store, so a round that is cut off
        loses nothing: the next one goes on where it stopped.
        """
        async with self.turn:
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
        """Run a step that computes in a thread, and never leave it behind: it uses the store."""
        job = asyncio.get_running_loop().run_in_executor(
            None, partial(step, self.store, self.models, stop=self._deadline())
        )
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            self.stop.set()
            await job
            raise

    async def tick(self, progress: Progress = no_progress) -> list[StepCount]:
        """Do a round, and the day's digest when it is due; return what each step did."""
        counts = await self.round(progress)
        if desk.is_digest_due(self.store, self.settings, now=self.clock()):
            desk.write_digest(self.store, self.settings, now=self.clock())
            log.info("digest written")
        return counts

    async def tidy(self) -> None:
        """Do the housekeeping of the night."""
        async with self.turn:
            self.store.tidy()

    async def run(self, *, started: Callable[[], None] = lambda: None) -> None:
        """Keep going until SIGTERM or SIGINT. Raises whatever a job raised: a bug ends the daemon, loudly.

        started: called once these signals end it in good order, and not before.
        """
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        failures: list[Exception] = []
        by_force = threading.Timer(END_WITHIN_S, os._exit, args=(1,))  # a hung call must not keep the process
        by_force.daemon = True

        def end(signum: int | None = None) -> None:
            if not ended.is_set():
                log.info("ending signal=%s", signum)
                tell_systemd("STOPPING=1")
                self.stop.set()
                by_force.start()
                ended.set()

        async def run_job(job: Callable[[], Awaitable[object]]) -> None:
            try:
                await job()
            except asyncio.CancelledError:
                pass  # cut off by the end of the daemon, which is no failure of the job
            except Exception as error:  # noqa: BLE001  a bug or a full disk: raised below, once the store is free
                failures.append(error)
                end()

        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, end, signum)
        # UTC throughout: APScheduler skips or repeats local hours when the clocks change.
        scheduler = AsyncIOScheduler(timezone=UTC)
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        interval = {"seconds": self.every.total_seconds(), "next_run_time": utc_now()}
        scheduler.add_job(run_job, "interval", [self.tick], **interval, **options)
        scheduler.add_job(run_job, "cron", [self.tidy], hour=3, minute=17, **options)
        async with self.watch.looking():
            scheduler.start()
            started()
            tell_systemd("READY=1")
            await ended.wait()
            scheduler.shutdown(wait=False)
            async with self.turn:  # the job that was cut off has left the store
                by_force.cancel()
        if failures:
            raise failures[0]


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
