"""Host → turn: let only a few requests run at once, per host and in all, with a pause between two to one host."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from math import inf
from types import TracebackType
from typing import NamedTuple

LONGEST_PAUSE_S = 60.0  # a robots.txt that wants more between two requests wants no reader at all

SLOW_HOSTS = 1_000  # how many wishes for a longer pause are remembered; the oldest go first


class Asked(NamedTuple):
    """One request that was made: from when to when, in seconds of a clock that only runs forward."""

    host: str
    began_s: float
    ended_s: float


@dataclass(slots=True)
class _Host:
    """gate: lets a few in. start: they begin one after the other. wanted: how many are in, or wait to be."""

    gate: asyncio.Semaphore
    start: asyncio.Lock
    wanted: int = 0
    began_s: float = -inf


class Hosts:
    """The ledger: who is being asked at this moment, and who was just now. One instance serves one event loop.

    per_host, at_once: how many requests may run, to one host and in all. pause_s: seconds from the start of a
    request to the start of the next one to that host.
    """

    def __init__(self, *, per_host: int, at_once: int, pause_s: float = 0) -> None:
        self.per_host, self.at_once, self._pause_s = per_host, at_once, pause_s
        self._all = asyncio.Semaphore(at_once)
        self._hosts: dict[str, _Host] = {}
        self._wishes: dict[str, float] = {}

    def __len__(self) -> int:
        """Count the hosts that are kept: those that are asked, and those whose pause is running."""
        return len(self._hosts)

    def pause_s(self, host: str) -> float:
        """Return the pause between the starts of two requests to a host, in seconds."""
        return max(self._pause_s, self._wishes.get(host, 0.0))

    def slow_down(self, host: str, wish_s: float) -> None:
        """Keep the pause that a host asks for, up to LONGEST_PAUSE_S; one that is no longer takes it back."""
        self._wishes.pop(host, None)
        if wish_s > self._pause_s:
            self._wishes[host] = min(wish_s, LONGEST_PAUSE_S)
        if len(self._wishes) > SLOW_HOSTS:
            del self._wishes[next(iter(self._wishes))]

    def rests(self, host: str) -> bool:
        """Tell whether the pause of a host is running."""
        return self._rest_s(host) > 0

    async def rested(self, host: str) -> None:
        """Wait until the pause of a host has run out. That takes no turn: somebody else may be first."""
        while (left_s := self._rest_s(host)) > 0:  # noqa: ASYNC110 - time passes by itself
            await asyncio.sleep(left_s)

    def turn(self, host: str) -> Turn:
        """Return the turn of one more request to a host, to be entered with `async with`."""
        return Turn(self, host)

    async def _enter(self, host: str) -> float:
        """Wait until one more request to a host may run; return when it did."""
        here = self._hosts.get(host)
        if here is None:
            here = self._hosts[host] = _Host(asyncio.Semaphore(self.per_host), asyncio.Lock())
        here.wanted += 1
        try:
            # The host first: who waits for a slow host must not keep others from their turn.
            await here.gate.acquire()
            try:
                async with here.start:  # the next one counts its pause from where this one really began
                    if self.rests(host):
                        await self.rested(host)
                    await self._all.acquire()
                    here.began_s = began_s = time.monotonic()
            except BaseException:  # cut off while it waited: else its place would stay taken for ever
                here.gate.release()
                raise
        except BaseException:  # the same, for the count of those who wait
            self._left(host)
            raise
        return began_s

    def _leave(self, host: str) -> None:
        """Let the next one in."""
        self._all.release()
        self._hosts[host].gate.release()
        self._left(host)

    def _left(self, host: str) -> None:
        self._hosts[host].wanted -= 1
        self._forget(host)

    def _rest_s(self, host: str) -> float:
        here = self._hosts.get(host)
        return here.began_s + self.pause_s(host) - time.monotonic() if here else 0.0

    def _forget(self, host: str) -> None:
        """Drop a host once nobody asks it and its pause is over: a daemon meets many in a year."""
        here, left_s = self._hosts.get(host), self._rest_s(host)
        if here is None or here.wanted:
            return
        if left_s > 0:
            asyncio.get_running_loop().call_later(left_s, self._forget, host)
        else:
            del self._hosts[host]


class Turn:
    """The turn of a request: entered once it may run, in the order they asked. Serves once.

    Entering gives the moment from which the pause counts, by time.monotonic(). A class, for a generator would cost
    a good part of what an unchanged poll costs in all.
    """

    __slots__ = ("_host", "_hosts")

    def __init__(self, hosts: Hosts, host: str) -> None:
        self._hosts, self._host = hosts, host

    async def __aenter__(self) -> float:
        """Wait until the request may run."""
        return await self._hosts._enter(self._host)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the next one in."""
        self._hosts._leave(self._host)
