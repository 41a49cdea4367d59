"""A moment ⇄ the reader's day: when a day begins, when its digest is due, how times are written.

The scheduler runs in UTC and asks `digest_due`; a scheduler in the reader's zone loses the day after a skipped
midnight and runs twice in a doubled hour (FAILURES, case 49).
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


def local_day(now: datetime, zone: str) -> date:
    """Return the date on the reader's calendar. now: aware; zone: a name such as Europe/Zurich."""
    return _in_zone(now, zone).date()


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a reader's day and the first one after it, both in UTC.

    Most days last 24 hours, a few 23 or 25; the bounds of neighbouring days always meet. A day that the
    zone left out (Samoa, 2011-12-30) is empty.
    """
    return _first_moment(day, time.min, zone), _first_moment(day + _DAY, time.min, zone)


def digest_due(*, last_day: date | None, now: datetime, zone: str, at: str) -> bool:
    """Say whether today's digest is to be written now.

    last_day: the day of the newest stored digest, None before the first. at: the reader's time of day, '07:00'.
    It is due from the first moment at which the local clock shows `at` or later, until a digest of today (or of a
    later day: the reader may have moved west) is stored.
    """
    today = local_day(now, zone)
    if last_day is not None and last_day >= today:
        return False
    return now >= _first_moment(today, time.fromisoformat(at), zone)


def write_day(day: date) -> str:
    """Write a day in full, 'Sunday 22 November 2026'."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def write_moment(moment: datetime, zone: str) -> str:
    """Write a moment on the reader's clock, '22 Nov 2026, 07:04 CET'.

    The zone's short name tells the two halves of a doubled hour apart.
    """
    local = _in_zone(moment, zone)
    name = local.tzname() or ""
    return f"{_short(local)}, {local:%H:%M} {'UTC' if name[:1] in '+-' else ''}{name}"


def write_date(moment: datetime | None, zone: str) -> str:
    """Write an article's date, '21 Nov 2026, 18:42', or 'undated'.

    A page that states a day without a time is stored as midnight UTC. It is written as that day in every zone:
    moved to New York it would become the day before.
    """
    if moment is None:
        return "undated"
    if moment.astimezone(UTC).time() == time.min:
        return _short(moment.astimezone(UTC))
    local = _in_zone(moment, zone)
    return f"{_short(local)}, {local:%H:%M}"


def _short(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _in_zone(moment: datetime, zone: str) -> datetime:
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:  # a page may claim to be of the year 1 or 9999; half a day further there is no calendar
        return moment.astimezone(UTC)


def _first_moment(day: date, at: time, zone: str) -> datetime:
    """Return the first moment, in UTC, at which the clock shows this time or a later one."""
    wanted = datetime.combine(day, at)
    here = ZoneInfo(zone)
    early, late = sorted(wanted.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early.astimezone(here).replace(tzinfo=None) == wanted:
        return early  # the usual case, and the first of two in a doubled hour
    # The clock jumps over `wanted`, somewhere between the two readings of it: find the second at which it does.
    seconds = range((late - early) // _SECOND)
    clock = bisect_left(seconds, wanted, key=lambda s: (early + s * _SECOND).astimezone(here).replace(tzinfo=None))
    return early + clock * _SECOND
