"""Requests that were made → what a host had to bear: whether the ledger was kept, for tests of any length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from monitor.collect.hosts import Asked


def by_host(asked: Iterable[Asked]) -> Mapping[str, list[Asked]]:
    """Sort requests by host, then by when they began."""
    hosts: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in sorted(asked, key=lambda one: one.began_s):
        hosts[one.host].append(one)
    return hosts


def most_at_once(asked: Iterable[Asked]) -> int:
    """Return how many requests ran at the same moment, at most; one that ends as another begins makes room."""
    moments = [(one.ended_s, -1) for one in asked] + [(one.began_s, 1) for one in asked]
    running, most = 0, 0
    for _, change in sorted(moments):
        running += change
        most = max(most, running)
    return most


def shortest_gap_s(asked: Iterable[Asked]) -> float:
    """Return the shortest time between the starts of two requests, in seconds; infinity for fewer than two."""
    starts = sorted(one.began_s for one in asked)
    return min((after - before for before, after in pairwise(starts)), default=float("inf"))
