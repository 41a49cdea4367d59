"""Which of the dates that are stated for an article can be believed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.read.days import believed, first_day

SEEN = datetime(2026, 11, 22, 6, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("page", "feed", "expected"),
    [
        (SEEN - DAY, SEEN, SEEN - DAY),
        (None, SEEN, SEEN),
        (SEEN, None, SEEN),
        (None, None, None),
        (SEEN - 365 * DAY, SEEN, None),  # an AMP page a year off
        (SEEN - 3 * DAY, SEEN, SEEN - 3 * DAY),
        (SEEN - 4 * DAY, SEEN, None),
        (SEEN + 9 * DAY, None, None),  # a header that shows the day of the visit
        (SEEN + 9 * DAY, SEEN - DAY, SEEN - DAY),
        (SEEN + DAY, None, SEEN + DAY),  # east of here it is tomorrow
    ],
)
def test_dates_that_contradict_each_other_or_the_first_sight_are_not_believed(
    page: datetime | None, feed: datetime | None, expected: datetime | None
) -> None:
    """A wrong day would make old news new; no day makes nothing."""
    assert believed(page, feed, first_seen=SEEN) == expected


@pytest.mark.parametrize(
    ("partial", "expected"),
    [("2024", date(2024, 1, 1)), ("2024-06", date(2024, 6, 1)), ("2024-06-19", date(2024, 6, 19)), (None, None)],
)
def test_the_first_day_of_what_is_known(partial: str | None, expected: date | None) -> None:
    """An article may be as old as that and still no older than the claim."""
    assert first_day(partial) == expected
