"""Function → Result: run a step in a worker process that can be killed when it takes too long."""

from __future__ import annotations

import asyncio
import importlib
import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from monitor.errors import ReadError

P = ParamSpec("P")
T = TypeVar("T")

# lxml and its users keep a little memory of each page; a new process every so often bounds that.
CALLS_PER_WORKER = 500
# How much later than the pool a worker ends itself: for the case that the pool is gone (kill -9), or
# that somebody set the clock back, by which the pool measures.
ENDS_ITSELF_AFTER_S = 2
POOL_LOOKED_AT_EVERY_S = 0.5
# Above what a warm worker holds. Measured in November 2026: a page of 10 MB takes 330 MB at most, a feed of 10 MB
# takes 60 MB.
MEMORY_MB = 1000
OUT_OF_MEMORY = 71  # the exit code of a worker that ran into the limit; EX_OSERR of sysexits.h
MEMORY_IN_USE = Path("/proc/self/statm")  # Linux; elsewhere there is no limit
WARM_UP = ("monitor.read.extract", "monitor.read.language", "monitor.read.sentences")


class Workers:
    """A few processes that run functions for the daemon, each call under a deadline.

    workers: how many processes. deadline_s: for each call, counted from when a free worker takes it
    up, so that neither waiting nor the start of a process counts. memory_mb: how much each may take besides
    what it holds when it is ready. imports: modules that each worker loads before its first call.
    Use it as a context manager: leaving it ends all workers at once, the busy ones too.
    """

    def __init__(
        self, *, workers: int, deadline_s: float, memory_mb: int = MEMORY_MB, imports: Sequence[str] = WARM_UP
    ) -> None:
        self._workers, self._deadline_s, self._imports = workers, deadline_s, tuple(imports)
        self._memory_mb = memory_mb
        self._pool: ProcessPool | None = None
        self._calls: set[Future[Any]] = set()  # of any result: each call has its own type
        self._closed = False

    def __enter__(self) -> Self:
        """Start the workers, so that they load their modules while nothing is to do yet."""
        self._ready_pool()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run function in a worker and return what it returns; function and arguments can be pickled.

        Cancelling the task kills the worker. What the function raises is raised here.
        Raises ReadError if the deadline passed (then the worker is killed), if the worker died, as it does when
        it needs too much memory, or if the workers were closed meanwhile. The next call finds a fresh worker.
        """
        task: Callable[..., T] = _run
        pool = self._ready_pool()
        future = pool.submit(task, self._deadline_s, self._deadline_s, function, args, kwargs)
        self._calls.add(future)
        try:
            return await _outcome(future, pool)
        except TimeoutError:
            raise self._too_late() from None
        except ProcessExpired as death:
            raise self._ended(death.exitcode) from None
        except BrokenProcessPool:
            raise _died(None) from None
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if self._closed and not (current and current.cancelling()):
                raise ReadError("stopped before it was done; the next start tries again") from None
            raise
        finally:
            self._calls.discard(future)

    def close(self) -> None:
        """End all workers at once, in under two seconds; calls that wait end with ReadError."""
        self._closed = True
        for future in list(self._calls):
            future.cancel()
        self._stop_pool()

    def _ready_pool(self) -> ProcessPool:
        if self._closed:
            raise ReadError("the workers are closed; nothing can be read now")
        if self._pool is not None and not self._pool.active:
            self._stop_pool()  # an idle worker was killed from outside, which Pebble does not survive
        if self._pool is None:
            # spawn: a fork would copy the daemon's threads, locks and signal handlers in whatever state.
            with _interrupts_held():
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=CALLS_PER_WORKER,
                    initializer=_prepare,
                    initargs=(self._imports, self._memory_mb),
                    context=get_context("spawn"),
                )
                self._pool.active  # noqa: B018  # asking starts the processes
        return self._pool

    def _stop_pool(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # Pebble's pool is half typed
            self._pool.join()
            self._pool = None

    def _ended(self, exitcode: int | None) -> ReadError:
        if exitcode == -signal.SIGALRM:
            return self._too_late()
        if exitcode == OUT_OF_MEMORY:
            return ReadError(f"needed more than {self._memory_mb} MB of memory to read; its worker was ended")
        return _died(exitcode)

    def _too_late(self) -> ReadError:
        return ReadError(f"took longer than {self._deadline_s:g} s to read; its worker was ended")


async def _outcome(future: Future[T], pool: ProcessPool) -> T:
    """Wait for a call, and look now and then whether the pool still lives.

    A pool that breaks fails the calls it has handed out, and forgets those that still stand in its queue.
    Raises BrokenProcessPool for these.
    """
    waiter = asyncio.wrap_future(future)
    try:
        while not (await asyncio.wait({waiter}, timeout=POOL_LOOKED_AT_EVERY_S))[0]:
            if not pool.active and not future.done():
                raise BrokenProcessPool
        return waiter.result()
    finally:
        waiter.cancel()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while processes start: they inherit that, and load their modules undisturbed by it."""
    resource_tracker.ensure_running()  # its own start would let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _died(exitcode: int | None) -> ReadError:
    how = f"exit code {exitcode}" if exitcode is not None and exitcode >= 0 else "killed"
    if exitcode is not None and exitcode < 0:
        how = f"signal {-exitcode}"
    return ReadError(f"the worker died ({how}) while it read this; it may be short of memory")


def _prepare(imports: Sequence[str], memory_mb: int) -> None:
    """Set up a worker: signals, modules that take long to load, its memory. Runs before any deadline counts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the daemon decides what ends
    # Death without a word: a handler written in Python would wait for a parser written in C.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for name in imports:
        importlib.import_module(name)
    if MEMORY_IN_USE.exists():  # libraries set address space aside for each core, so count from what is taken now
        in_use = int(MEMORY_IN_USE.read_text().split()[0]) * resource.getpagesize()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (in_use + memory_mb * 1_000_000, most))


def _run(deadline_s: float, function: Callable[..., T], args: Sequence[object], kwargs: dict[str, object]) -> T:
    signal.setitimer(signal.ITIMER_REAL, deadline_s + ENDS_ITSELF_AFTER_S)
    try:
        return function(*args, **kwargs)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of this process is not to be trusted with another page
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
