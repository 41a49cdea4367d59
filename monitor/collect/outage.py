"""Hosts that cannot be reached → is it they, or our own network; and which times without a watch to tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# One host may be down, two may share a machine room. Three, and none that answered meanwhile: it is we.
HOSTS_AT_LEAST = 3

PROBES = 5  # hosts asked in a round while the network is away; one answer, and the next round asks all
RETURNS_IN = timedelta(minutes=5)  # what could not be asked is due again so soon

# A shorter one costs nothing: most feeds are not asked more often, and keep their entries for longer.
TOLD_FROM = timedelta(minutes=10)
STOPPED_FROM = timedelta(hours=1)


class AbsenceCause(StrEnum):
    """Why nobody watched."""

    STOPPED = "stopped"  # the program did not run, the machine slept, or nothing could be stored
    NETWORK = "network"  # no host could be reached


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which nobody watched."""

    since: datetime
    until: datetime
    cause: AbsenceCause


def is_network_away(hosts: int) -> bool:
    """Say whether the network seems to be away. hosts: that could not be reached since any host last answered."""
    return hosts >= HOSTS_AT_LEAST


def is_worth_telling(since: datetime, until: datetime) -> bool:
    """Say whether the network was away for so long that a reader is told."""
    return until - since >= TOLD_FROM


def is_stop(last_awake: datetime, now: datetime) -> bool:
    """Say whether so much time lies between the last work and now that nobody watched meanwhile."""
    return now - last_awake > STOPPED_FROM
