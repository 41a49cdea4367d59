"""Dates as they are stated → the day of an article or a baseline, where one can be believed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

# Time zones, and a page that states midnight, move a true date by as much as this past the first sight of it.
AFTER_FIRST_SEEN = timedelta(days=1)
APART = timedelta(days=3)  # a feed and a page that are further apart are not both right


def believed(page: datetime | None, feed: datetime | None, *, first_seen: datetime) -> datetime | None:
    """Choose between the dates that a page and a feed give an article; None where nobody can tell.

    A date after the article was first seen is that of a visit and not of the article: a header that shows today's.
    Of two that agree the page's counts; two that do not, such as a page that is a year off, cancel each other.
    """
    stated = [day for day in (page, feed) if day and day <= first_seen + AFTER_FIRST_SEEN]
    if len(stated) == 2 and abs(stated[0] - stated[1]) > APART:
        return None
    return stated[0] if stated else None


def first_day(partial: str | None) -> date | None:
    """Return the first day of a year, a month or a day: 2024, 2024-06 or 2024-06-19; None for None."""
    year, month, day = (int(part) for part in (*(partial or "0").split("-"), "1", "1")[:3])
    return date(year, month, day) if partial else None
