"""Workers against real processes: deadlines, deaths, errors, closing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from pebble import ProcessPool

from monitor.errors import FeedError, ReadError
from monitor.read.workers import Workers, _outcome


def double(number: int, *, plus: int = 0) -> int:
    return number * 2 + plus


def worker_id() -> int:
    return os.getpid()


def die(code: int) -> None:
    os._exit(code)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse() -> None:
    raise FeedError("no feed")


def blunder() -> None:
    raise ZeroDivisionError("a bug")


def hang() -> None:
    """Hang as the worst pages do: in C, where no Python signal handler gets a turn for minutes."""
    re.match(r"(a+)+$", "a" * 64 + "b")


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    """Two workers that load nothing, shared because a start costs a quarter of a second."""
    with Workers(workers=2, deadline_s=0.4, imports=()) as workers:
        yield workers


def test_a_call_returns_what_the_function_returns(pool: Workers) -> None:
    """Arguments and results cross the border of the process."""
    assert asyncio.run(pool.call(double, 4, plus=1)) == 9


def test_calls_run_side_by_side_and_keep_their_results_apart(pool: Workers) -> None:
    """Twenty calls on two workers: each caller gets its own answer."""

    async def many() -> list[int]:
        return await asyncio.gather(*(pool.call(double, n) for n in range(20)))

    assert asyncio.run(many()) == [2 * n for n in range(20)]


def test_a_call_over_its_deadline_is_killed_and_the_next_one_is_served(pool: Workers) -> None:
    """A page that hangs the parser (case 42) costs its deadline and nothing else."""
    before = time.monotonic()
    with pytest.raises(ReadError, match=r"took longer than 0\.4 s"):
        asyncio.run(pool.call(hang))
    assert time.monotonic() - before < 3
    assert asyncio.run(pool.call(double, 1)) == 2


@pytest.mark.parametrize(("function", "args", "says"), [(die, (3,), "exit code 3"), (crash, (), "signal 11")])
def test_a_worker_that_dies_fails_its_call_only(pool: Workers, function: object, args: object, says: str) -> None:
    """A segmentation fault or the kernel's out-of-memory killer must not end the daemon.

    Where the pool breaks before the worker's end is read, it is not known how it died.
    """
    with pytest.raises(ReadError, match=rf"the worker died \(({says}|killed)\)"):
        asyncio.run(pool.call(function, *args))  # type: ignore[arg-type, misc]  # rows of a table
    assert asyncio.run(pool.call(double, 1)) == 2


def test_a_worker_that_leaves_quietly_is_noticed_at_the_deadline(pool: Workers) -> None:
    """Exit code 0 is how a worker retires after some hundred calls, so only the missing answer tells."""
    with pytest.raises(ReadError, match="took longer"):
        asyncio.run(pool.call(die, 0))
    assert asyncio.run(pool.call(double, 1)) == 2


def test_an_idle_worker_killed_from_outside_does_not_stop_the_service(pool: Workers) -> None:
    """The kernel may choose a worker that does nothing at the moment."""
    victim = asyncio.run(pool.call(worker_id))
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while True:
        try:
            assert asyncio.run(pool.call(double, 1)) == 2
            break
        except ReadError:
            assert time.monotonic() < deadline


def test_no_call_waits_for_ever_when_a_worker_is_killed_just_then(pool: Workers) -> None:
    """The kernel kills when it likes: every call ends, and the next one finds a fresh pool."""

    async def kill_and_call() -> None:
        victim = await pool.call(worker_id)
        os.kill(victim, signal.SIGKILL)
        calls = [asyncio.wait_for(pool.call(double, n), 10) for n in range(6)]
        for result in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(result, int | ReadError), repr(result)

    for _ in range(8):
        asyncio.run(kill_and_call())
    test_an_idle_worker_killed_from_outside_does_not_stop_the_service(pool)


def test_a_call_that_a_broken_pool_forgot_ends() -> None:
    """Pebble fails the calls it has handed out when it breaks, and leaves those in its queue without an answer."""
    pool = ProcessPool(max_workers=1)
    pool.stop()  # type: ignore[no-untyped-call]
    forgotten: Future[int] = Future()
    with pytest.raises(BrokenProcessPool):
        asyncio.run(asyncio.wait_for(_outcome(forgotten, pool), 5))


def test_errors_of_the_function_come_through(pool: Workers) -> None:
    """Expected trouble stays what it was; a bug stays a bug."""
    with pytest.raises(FeedError, match="no feed"):
        asyncio.run(pool.call(refuse))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        asyncio.run(pool.call(blunder))


def test_cancelling_a_call_frees_its_worker(pool: Workers) -> None:
    """A round that is stopped must not leave busy workers behind."""

    async def cancel_and_go_on() -> int:
        calls = [asyncio.create_task(pool.call(hang)) for _ in range(2)]
        await asyncio.sleep(0.1)
        for call in calls:
            call.cancel()
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)
        return await pool.call(double, 3)

    assert asyncio.run(cancel_and_go_on()) == 6


def test_closing_ends_hung_workers_within_two_seconds_and_tells_the_caller() -> None:
    """The daemon has ten seconds for everything at SIGTERM."""

    async def close_while_hanging() -> tuple[float, list[object]]:
        workers = Workers(workers=2, deadline_s=60, imports=())
        with workers:
            pids = [await workers.call(worker_id)]
            calls = [asyncio.create_task(workers.call(hang)) for _ in range(3)]
            await asyncio.sleep(0.2)
            before = time.monotonic()
        took = time.monotonic() - before
        workers.close()
        with pytest.raises(ReadError, match="closed"):
            await workers.call(double, 1)
        with pytest.raises(ProcessLookupError):
            os.kill(pids[0], 0)
        return took, list(await asyncio.gather(*calls, return_exceptions=True))

    took, results = asyncio.run(close_while_hanging())
    assert took < 2
    assert all(isinstance(result, ReadError) and "stopped" in str(result) for result in results)


def holds_interrupts() -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set())


def test_a_worker_is_born_deaf_to_ctrl_c(pool: Workers) -> None:
    """It loads its modules for a second or two; Ctrl-C in that time printed its traceback."""
    assert asyncio.run(pool.call(holds_interrupts))
    assert not holds_interrupts()


def test_ctrl_c_does_not_reach_the_workers(pool: Workers) -> None:
    """The terminal sends SIGINT to all processes; only the daemon may decide what ends."""
    os.kill(asyncio.run(pool.call(worker_id)), signal.SIGINT)
    assert asyncio.run(pool.call(double, 5)) == 10


DAEMON = """
import asyncio, re
from monitor.read.workers import Workers, _outcome

def hang():
    print("hanging", flush=True)
    re.match(r"(a+)+$", "a" * 64 + "b")

async def main():
    with Workers(workers=1, deadline_s=0.5, imports=()) as workers:
        await workers.call(hang)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_hung_worker_ends_itself_when_the_daemon_was_killed(tmp_path: Path) -> None:
    """After kill -9 nobody is left to end a worker that never looks up from its page."""
    script = tmp_path / "daemon.py"
    script.write_text(DAEMON)
    before = time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as daemon:
        assert daemon.stdout
        assert daemon.stdout.readline() == b"hanging\n"
        daemon.kill()
        assert daemon.stdout.read() == b""  # returns when the worker, which holds the other end, is gone
    assert time.monotonic() - before < 20


def test_a_call_after_the_warm_up_has_its_whole_deadline() -> None:
    """Loading the extractor takes longer than this deadline; it must not count against the first page."""

    async def first_call() -> int:
        with Workers(workers=1, deadline_s=0.3) as workers:
            return await workers.call(double, 1)

    assert asyncio.run(first_call()) == 2


def hoard(megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def test_a_call_that_takes_too_much_memory_ends_its_worker_and_nothing_else() -> None:
    """A bomb of markup must not make the kernel choose a victim, which may be the daemon."""

    async def calls() -> tuple[int, int]:
        with Workers(workers=1, deadline_s=10, memory_mb=200, imports=()) as workers:
            before = await workers.call(hoard, 100)
            with pytest.raises(
                ReadError, match=r"needed more than 200 MB of memory to read; its worker was ended"
            ):
                await workers.call(hoard, 300)
            return before, await workers.call(hoard, 100)

    assert asyncio.run(calls()) == (100_000_000, 100_000_000)
