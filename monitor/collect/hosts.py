"""Host → turn: let only a few requests run at once, per host and in all."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Hosts:
    """Who is being asked at this moment. One instance serves one event loop."""

    def __init__(self, *, per_host: int, at_once: int) -> None:
        self._per_host = per_host
        self._all = asyncio.Semaphore(at_once)
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._wanted: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until one more request to a host may run; requests come through in the order they asked."""
        gate = self._gates.setdefault(host, asyncio.Semaphore(self._per_host))
        self._wanted[host] += 1
        try:
            # The host first: who waits for a slow host must not keep others from their turn.
            async with gate, self._all:
                yield
        finally:
            self._wanted[host] -= 1
            if not self._wanted[host]:  # a daemon meets many hosts in a year; keep only the busy ones
                del self._gates[host], self._wanted[host]
