"""The reader's day, through skipped and doubled hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.report.calendar import (
    day_bounds,
    digest_due,
    local_day,
    write_date,
    write_day,
    write_moment,
)

BERLIN, NEW_YORK, BEIRUT = "Europe/Berlin", "America/New_York", "Asia/Beirut"
YESTERDAY_STORED, TODAY_STORED = timedelta(days=1), timedelta(0)

zones = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"}))
days = st.dates(date(2013, 1, 1), date(2036, 12, 31))
seconds_2013_to_2036 = st.integers(1_357_084_800, 2_114_294_400)
moments = seconds_2013_to_2036.map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "at", "due"),
    [
        ("2026-11-22T05:59:59", BERLIN, "07:00", False),
        ("2026-11-22T06:00:00", BERLIN, "07:00", True),
        ("2026-11-22T22:59:59", BERLIN, "07:00", True),
        ("2026-11-22T23:00:00", BERLIN, "07:00", False),  # the next day has begun
        ("2026-11-22T11:59:59", NEW_YORK, "07:00", False),
        ("2026-11-22T12:00:00", NEW_YORK, "07:00", True),
        # 2026-03-29, Berlin: 02:00 becomes 03:00. 02:30 is skipped, so it has passed at 03:00.
        ("2026-03-29T00:59:59", BERLIN, "02:30", False),
        ("2026-03-29T01:00:00", BERLIN, "02:30", True),
        ("2026-03-28T23:00:00", BERLIN, "00:00", True),
        ("2026-03-29T22:00:00", BERLIN, "00:00", True),  # midnight after the change: the scheduler missed this one
        ("2026-03-30T04:59:59", BERLIN, "07:00", False),
        ("2026-03-30T05:00:00", BERLIN, "07:00", True),
        # 2026-10-25, Berlin: 03:00 becomes 02:00. The first 02:30 counts, and what is due stays due.
        ("2026-10-25T00:29:59", BERLIN, "02:30", False),
        ("2026-10-25T00:30:00", BERLIN, "02:30", True),
        ("2026-10-25T01:10:00", BERLIN, "02:30", True),
        ("2026-10-25T01:30:00", BERLIN, "02:30", True),
        # New York, 2026-03-08 and 2026-11-01.
        ("2026-03-08T06:59:59", NEW_YORK, "02:30", False),
        ("2026-03-08T07:00:00", NEW_YORK, "02:30", True),
        ("2026-03-09T04:00:00", NEW_YORK, "00:00", True),
        ("2026-11-01T05:30:00", NEW_YORK, "01:30", True),
        ("2026-11-01T06:10:00", NEW_YORK, "01:30", True),
        # Beirut skips midnight itself: the day begins at 01:00.
        ("2026-03-28T21:59:59", BEIRUT, "00:00", True),  # still the 28th, whose digest is due
        ("2026-03-28T22:00:00", BEIRUT, "00:30", True),
    ],
)
def test_digest_is_due_once_the_local_clock_has_passed_its_time(now: str, zone: str, at: str, due: bool) -> None:
    """FAILURES, case 49: a skipped hour must not lose a digest."""
    today = local_day(utc(now), zone)
    assert digest_due(last_day=today - YESTERDAY_STORED, now=utc(now), zone=zone, at=at) is due
    assert digest_due(last_day=None, now=utc(now), zone=zone, at=at) is due
    assert digest_due(last_day=today - TODAY_STORED, now=utc(now), zone=zone, at=at) is False


def test_digest_of_a_later_day_is_not_followed_by_one_of_an_earlier_day() -> None:
    """A reader who moves from Tokyo to Los Angeles has had the digest of this date."""
    assert not digest_due(last_day=date(2026, 11, 23), now=utc("2026-11-22T12:00"), zone=BERLIN, at="07:00")


@given(zones, days, st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_each_day_has_exactly_one_moment_at_which_its_digest_becomes_due(zone: str, day: date, at: time) -> None:
    """Twice in a doubled hour or never in a skipped one are the two ways to get it wrong."""
    start, end = day_bounds(day, zone)
    quarter_hours = [start + timedelta(minutes=15 * n) for n in range(int((end - start) / timedelta(minutes=15)))]
    due = [digest_due(last_day=day - YESTERDAY_STORED, now=q, zone=zone, at=f"{at:%H:%M}") for q in quarter_hours]
    late = at >= time(23, 45)  # due in the last quarter of an hour, between two looks
    assert due == sorted(due)
    assert any(due) or late


@given(zones, days)
def test_days_meet_without_gap_or_overlap(zone: str, day: date) -> None:
    """A finding belongs to one day."""
    start, end = day_bounds(day, zone)
    assert end == day_bounds(day + timedelta(days=1), zone)[0]
    assert start < end <= start + timedelta(hours=25)
    assert start.tzinfo is UTC


@given(zones, moments)
def test_a_moment_lies_within_the_bounds_of_its_day(zone: str, moment: datetime) -> None:
    """local_day and day_bounds are two views of the same calendar."""
    start, end = day_bounds(local_day(moment, zone), zone)
    assert start <= moment < end


@pytest.mark.parametrize(
    ("day", "zone", "start", "hours"),
    [
        (date(2026, 3, 29), BERLIN, "2026-03-28T23:00", 23),
        (date(2026, 3, 30), BERLIN, "2026-03-29T22:00", 24),
        (date(2026, 10, 25), BERLIN, "2026-10-24T22:00", 25),
        (date(2026, 11, 1), NEW_YORK, "2026-11-01T04:00", 25),
        (date(2026, 3, 29), BEIRUT, "2026-03-28T22:00", 23),
        (date(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00", 0),  # the day Samoa left out
        (date(2011, 12, 31), "Pacific/Apia", "2011-12-30T10:00", 24),
        (date(1919, 3, 31), "America/Toronto", "1919-03-31T04:30", 23.5),  # 23:30 became 00:30
    ],
)
def test_bounds_of_the_days_on_which_clocks_change(day: date, zone: str, start: str, hours: float) -> None:
    """The named days are the ones that schedulers stumble over."""
    assert day_bounds(day, zone) == (utc(start), utc(start) + timedelta(hours=hours))


def test_a_day_is_written_in_full() -> None:
    """A reader wants the weekday."""
    assert write_day(date(2026, 11, 2)) == "Monday 2 November 2026"


@pytest.mark.parametrize(
    ("moment", "zone", "text"),
    [
        ("2026-11-22T06:04", BERLIN, "22 Nov 2026, 07:04 CET"),
        ("2026-10-25T00:30", BERLIN, "25 Oct 2026, 02:30 CEST"),
        ("2026-10-25T01:30", BERLIN, "25 Oct 2026, 02:30 CET"),
        ("2026-11-22T06:04", "America/Sao_Paulo", "22 Nov 2026, 03:04 UTC-03"),
        ("2026-11-22T06:04", "UTC", "22 Nov 2026, 06:04 UTC"),
    ],
)
def test_a_moment_is_written_on_the_readers_clock(moment: str, zone: str, text: str) -> None:
    """The two 02:30 of an autumn night read differently."""
    assert write_moment(utc(moment), zone) == text


@pytest.mark.parametrize(
    ("moment", "zone", "text"),
    [
        (None, BERLIN, "undated"),
        (utc("2026-11-21T17:42"), BERLIN, "21 Nov 2026, 18:42"),
        (utc("2026-11-21T02:42"), NEW_YORK, "20 Nov 2026, 21:42"),
        (utc("2026-11-21T00:00"), NEW_YORK, "21 Nov 2026"),  # a day without a time
        (utc("2026-11-21T00:00").astimezone(ZoneInfo(NEW_YORK)), NEW_YORK, "21 Nov 2026"),
    ],
)
def test_an_article_date_keeps_its_day(moment: datetime | None, zone: str, text: str) -> None:
    """A page that states only a day must not slip to the day before."""
    assert write_date(moment, zone) == text


@pytest.mark.parametrize(
    ("moment", "zone"),
    [(datetime.max.replace(tzinfo=UTC), BERLIN), (datetime.min.replace(tzinfo=UTC, hour=1), NEW_YORK)],
)
def test_dates_at_the_ends_of_the_calendar_can_be_written(moment: datetime, zone: str) -> None:
    """A page may claim to be of the year 1 or 9999; that must not stop the digest."""
    assert write_date(moment, zone).startswith(f"{moment.day} {moment:%b} ")
