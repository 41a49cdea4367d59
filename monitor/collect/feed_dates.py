"""Written dates → moments: read the dates of feeds, and tell which of them are only stamps."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from time import struct_time

from babel.dates import get_month_names

from monitor.feed_records import Entry

# The web began in 1990; a feed that names a year outside these bounds has a broken date.
FIRST_YEAR, LAST_YEAR = 1990, 2100

# A feed that gives so many entries the moment of the poll writes down when it was asked, not when it published.
STAMPS_AT_LEAST, NEARLY = 5, timedelta(minutes=10)

MONTHS_OF = ("en", "fr", "de", "es", "it", "pt", "ru", "uk", "pl", "nl", "tr", "ro")

_YEAR_MONTH_DAY = re.compile(r"(\d{4})\D{0,3}(\d{1,2})\D{0,3}(\d{1,2})(?!\d{3})")
_DAY_MONTH_YEAR = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}")
_WILD_ZONE = re.compile(r"[+-](?:1[5-9]|[2-9]\d):?\d\d$")  # clocks differ by 14 hours at most
_A_ZONE_APART = timedelta(days=1)  # the written day is local, ours is UTC
_SPELT = re.compile(
    r"(?:^|[\s,])(?P<d>\d{1,2})(?:\.|er|º)?[\s-]+(?:de\s+)?(?P<m>[^\W\d_]{3,})\.?,?[\s-]+(?:de\s+|del\s+)?(?P<y>\d{4})"
    r"(?:\D{1,5}(?P<time>\d{1,2}:\d\d(?::\d\d)?))?\s*(?P<zone>[+-]\d\d:?\d\d)?"
)
_POINTS = re.compile(
    r"(?P<d>\d{1,2})[.-](?P<m>\d{1,2})[.-](?P<y>\d{4})(?:\D{1,3}(?P<time>\d{1,2}:\d\d(?::\d\d)?))?\s*(?P<zone>[+-]\d\d:?\d\d)?"
)


def from_struct(parsed: struct_time | None, *, written: str) -> datetime | None:
    """Take feedparser's date unless it contradicts what is written; read what it cannot.

    feedparser makes 1 January of a thirteenth month, the first of a month it reads but in part, and 2022-11-20 of
    22-11-2026. A zone it does not know is UTC. None if the date is unknown.
    """
    text = written.strip()
    if parsed is None or _DAY_MONTH_YEAR.match(text):
        return from_words(text)
    if _WILD_ZONE.search(text):
        return None
    try:
        moment = datetime.fromtimestamp(timegm(parsed), UTC)
        stated = _YEAR_MONTH_DAY.match(text)
        if stated and abs(moment.date() - date(*map(int, stated.groups()))) > _A_ZONE_APART:
            return None
    except (ValueError, OverflowError):  # a month 13, a year 10000
        return None
    return _plausible(moment) if stated or not text[:4].isdigit() else None


def from_text(value: object) -> datetime | None:
    """Read a date in ISO 8601; one without a zone is UTC. None if it is none, or outside FIRST_YEAR..LAST_YEAR."""
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return _plausible(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def from_words(text: str) -> datetime | None:
    """Read "dim., 22 nov. 2026 09:30 +0100", with the months of MONTHS_OF, and 22.11.2026.

    A day alone is midnight UTC. None if it is no date.
    """
    hit = _SPELT.search(text) or _POINTS.match(text)
    if not hit:
        return None
    named = hit["m"].lower()
    month = int(named) if named.isdigit() else _months().get(named)
    if month is None:
        return None
    clock = (hit["time"] or "00:00").zfill(5)
    return from_text(
        f"{hit['y']}-{month:02}-{int(hit['d']):02}T{clock.zfill(8 if len(clock) > 5 else 5)}{hit['zone'] or 'Z'}"
    )


def believed(entries: Sequence[Entry], *, now: datetime) -> list[Entry]:
    """Return the entries with the dates that can be believed at the moment they were fetched.

    A date in the future becomes `now`: nobody publishes tomorrow. Where all dates are nearly `now`, and there are
    STAMPS_AT_LEAST of them, the feed stamps what it hands out: then none is known (case 25 in FAILURES).
    """
    stated = [entry.published_at for entry in entries if entry.published_at]
    if len(stated) >= STAMPS_AT_LEAST and all(is_stamp(moment, now) for moment in stated):
        return [replace(entry, published_at=None) for entry in entries]
    return [replace(e, published_at=min(e.published_at, now)) if e.published_at else e for e in entries]


def is_stamp(stated: datetime, fetched_at: datetime) -> bool:
    """Tell whether a date is nearly the moment it was fetched, or lies behind it."""
    return stated >= fetched_at - NEARLY


@cache
def _months() -> Mapping[str, int]:
    """Return the months by name and short name, without names that mean two months in two languages."""
    found: dict[str, set[int]] = {}
    for lang in MONTHS_OF:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, lang).items():
                    found.setdefault(name.lower().rstrip("."), set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


def _plausible(moment: datetime) -> datetime | None:
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None
