"""When it is our own network, and which times without a watch are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.collect.outage import (
    HOSTS_AT_LEAST,
    STOPPED_FROM,
    TOLD_FROM,
    is_network_away,
    is_stop,
    is_worth_telling,
)

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("hosts", "away"), [(0, False), (HOSTS_AT_LEAST - 1, False), (HOSTS_AT_LEAST, True)])
def test_several_hosts_without_an_answer_are_our_own_network(hosts: int, away: bool) -> None:
    """One or two may be down together."""
    assert is_network_away(hosts) is away


@pytest.mark.parametrize(
    ("wait", "stop", "told"),
    [
        (-timedelta(days=1), False, False),  # the clock was set back
        (TOLD_FROM - SECOND, False, False),
        (TOLD_FROM, False, True),
        (STOPPED_FROM, False, True),  # an hourly cron job watches all day
        (STOPPED_FROM + SECOND, True, True),
    ],
)
def test_short_times_are_not_told(wait: timedelta, stop: bool, told: bool) -> None:
    """Feeds keep their entries for longer."""
    assert is_stop(NOW, NOW + wait) is stop
    assert is_worth_telling(NOW, NOW + wait) is told
