"""A step that hangs → its end: look after the running daemon, and tell systemd that it is well."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

log = logging.getLogger(__name__)

HANGS_AFTER = timedelta(minutes=15)  # of one step; each is told to stop after ten minutes, and obeys within one
STIFF_AFTER = timedelta(minutes=3)  # without a beat of the event loop, which only short writes may hold up
LOOKED_AT_EVERY_S = 5.0
BEAT_EVERY_S = 1.0
EXIT_HANGS = 75  # EX_TEMPFAIL of sysexits.h: "try again later", and a supervisor does


@dataclass(slots=True)
class Watch:
    """Who looks at the daemon from a thread of its own, so that nothing that hangs keeps it from looking.

    hangs_after: a step that runs longer hangs. stiff_after: so long without a beat, the event loop hangs.
    A hanging call in a thread cannot be ended without the process, so the process ends, with EXIT_HANGS and
    a line that says why; what was not stored is pending for the next start.
    """

    hangs_after: timedelta = HANGS_AFTER
    stiff_after: timedelta = STIFF_AFTER
    every_s: float = LOOKED_AT_EVERY_S
    _step: tuple[str, float] | None = None  # its name, and when it began
    _last_beat: float = field(default_factory=time.monotonic)
    _over: threading.Event = field(default_factory=threading.Event)

    def beat(self) -> None:
        """Note that the event loop still turns."""
        self._last_beat = time.monotonic()

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Look after a step for as long as the block runs."""
        self._step = (name, time.monotonic())
        try:
            yield
        finally:
            self._step = None

    def trouble(self, now_s: float) -> str | None:
        """Say what hangs; None if all is well. now_s: of the monotonic clock."""
        step = self._step
        if step and now_s - step[1] > self.hangs_after.total_seconds():
            return f"step {step[0]} has not come back for {now_s - step[1]:.0f} s"
        if now_s - self._last_beat > self.stiff_after.total_seconds():
            return f"nothing has moved for {now_s - self._last_beat:.0f} s"
        return None

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look after the event loop and its steps while the block runs, and end the process when one hangs."""
        self.beat()
        thread = threading.Thread(target=self._look, name="watch", daemon=True)
        thread.start()
        heart = asyncio.create_task(self._beat_on())
        try:
            yield
        finally:
            heart.cancel()
            self._over.set()
            thread.join()

    async def _beat_on(self) -> None:
        while True:
            self.beat()
            await asyncio.sleep(BEAT_EVERY_S)

    def _look(self) -> None:
        while not self._over.wait(self.every_s):
            why = self.trouble(time.monotonic())
            if why:
                log.critical("hangs why=%s", why)
                sys.stderr.write(f"monitor: {why}; ended. Start it again: what was not stored is done then.\n")
                sys.stderr.flush()
                os._exit(EXIT_HANGS)
            tell_systemd("WATCHDOG=1")


def tell_systemd(message: str, environment: Mapping[str, str] = os.environ) -> None:
    """Send a message such as READY=1 to systemd; without systemd nothing happens (sd_notify(3))."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_systemd:
        to_systemd.connect("\0" + address[1:] if address.startswith("@") else address)
        to_systemd.sendall(message.encode())
