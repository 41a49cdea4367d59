"""When feeds are checked again, and articles tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.schedule import FIRST_RETRY, JITTER, LONGEST_WAIT, next_check, next_try, retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)

waits = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


@given(moments, st.integers(-1, 10**9), waits, st.none() | waits, st.text())
def test_the_next_check_is_later_than_now_within_a_day_or_as_the_server_wishes(
    now: datetime, failures: int, poll_every: timedelta, wish: timedelta | None, key: str
) -> None:
    """A feed that is due at once again would be asked for ever."""
    wait = next_check(now=now, failures=failures, poll_every=poll_every, retry_after=wish, key=key) - now
    assert wait >= (wish or timedelta(0))
    assert wait <= max(LONGEST_WAIT, poll_every, wish or timedelta(0))
    assert wait >= timedelta(seconds=1)


@given(st.integers(0, 50), waits, st.text())
def test_a_feed_that_fails_more_is_asked_no_sooner(failures: int, poll_every: timedelta, key: str) -> None:
    """Case 29: no storm of retries against a server in trouble."""
    sooner, later = (
        next_check(now=NOW, failures=n, poll_every=poll_every, key=key) for n in (failures, failures + 1)
    )
    assert sooner <= later


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        (0, HALF_HOUR),
        (1, HALF_HOUR),
        (2, timedelta(hours=1)),
        (3, timedelta(hours=2)),
        (6, timedelta(hours=16)),
        (7, LONGEST_WAIT),
        (1000, LONGEST_WAIT),
    ],
)
def test_the_wait_doubles_with_each_failure_up_to_a_day(failures: int, wait: timedelta) -> None:
    """A first hiccup costs nothing; a dead feed costs one request a day."""
    due = next_check(now=NOW, failures=failures, poll_every=HALF_HOUR, key="https://news.example/feed")
    assert wait * (1 - JITTER) <= due - NOW <= wait


def test_feeds_are_spread_but_each_keeps_its_place() -> None:
    """Feeds that were added together must not be asked together for ever."""
    keys = [f"https://news.example/{n}" for n in range(100)]
    first, second = (
        [next_check(now=NOW, failures=0, poll_every=HALF_HOUR, key=key) for key in keys] for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == 100
    assert max(first) - min(first) > HALF_HOUR * JITTER * 0.8


@pytest.mark.parametrize(
    ("tries", "allowed", "wish", "wait"),
    [
        (1, 4, None, FIRST_RETRY),
        (2, 4, None, FIRST_RETRY * 2),
        (3, 4, timedelta(minutes=5), FIRST_RETRY * 4),
        (3, 4, timedelta(hours=5), timedelta(hours=5)),
        (19, 20, None, LONGEST_WAIT),
        (4, 4, None, None),
        (5, 4, timedelta(hours=1), None),
        (1, 1, None, None),
    ],
)
def test_an_article_is_tried_again_later_each_time_and_then_given_up(
    tries: int, allowed: int, wish: timedelta | None, wait: timedelta | None
) -> None:
    """An article that never comes must end somewhere; "failed" is a result."""
    due = next_try(now=NOW, tries=tries, allowed=allowed, retry_after=wish)
    assert due == (NOW + wait if wait else None)


@pytest.mark.parametrize(
    ("header", "answered_at", "wait"),
    [
        ("120", None, timedelta(minutes=2)),
        (" 5 ", "garbage", timedelta(seconds=5)),
        ("Sun, 22 Nov 2026 12:10:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", timedelta(minutes=10)),
        ("Sunday, 22-Nov-26 12:10:00 GMT", "Sun Nov 22 12:00:00 2026", timedelta(minutes=10)),
        ("Sun, 22 Nov 2026 12:10:00 -0000", "Sun, 22 Nov 2026 12:00:00 GMT", timedelta(minutes=10)),
        ("86401", None, LONGEST_WAIT),
        ("9" * 100, None, LONGEST_WAIT),
        ("Sun, 22 Nov 2099 12:10:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", LONGEST_WAIT),
        ("Sun, 22 Nov 2026 11:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", None),
        ("Sun, 22 Nov 2026 12:10:00 GMT", None, None),
        ("0", None, None),
        ("-5", None, None),
        ("1.5", None, None),
        ("²", None, None),
        ("soon", "Sun, 22 Nov 2026 12:00:00 GMT", None),
        ("Sun, 99 Nov 2026 99:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_the_server_s_wish_is_read(header: str | None, answered_at: str | None, wait: timedelta | None) -> None:
    """Case 30: seconds or a date, which is measured by the server's own clock; never over a day."""
    assert retry_after(header, answered_at=answered_at) == wait


@given(st.text(), st.none() | st.text())
def test_any_header_is_read_without_an_accident(header: str, answered_at: str | None) -> None:
    """What a server sends must not stop a round."""
    wait = retry_after(header, answered_at=answered_at)
    assert wait is None or timedelta(0) < wait <= LONGEST_WAIT
