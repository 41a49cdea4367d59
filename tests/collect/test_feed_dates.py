"""The dates of feeds: read, believed, or unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.collect.feed_dates import FIRST_YEAR, LAST_YEAR, STAMPS_AT_LEAST, believed, from_words
from monitor.feed_records import Entry

NOW = datetime(2026, 11, 22, 6, 4, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("dim., 22 nov. 2026 09:30:00 +0100", "2026-11-22T08:30:00"),
        ("Dom, 22 nov 2026 09:30:00 +0100", "2026-11-22T08:30:00"),
        ("So, 22 Dez 2026 09:30 +01:00", "2026-12-22T08:30:00"),
        ("22. März 2026", "2026-03-22T00:00:00"),
        ("22 de noviembre de 2026, 9:05", "2026-11-22T09:05:00"),
        ("1er août 2026", "2026-08-01T00:00:00"),
        ("22 ноября 2026, 09:30", "2026-11-22T09:30:00"),
        ("Нд, 22 лист. 2026 09:30:00 +0200", "2026-11-22T07:30:00"),
        ("22 novembro 2026", "2026-11-22T00:00:00"),
        ("22.11.2026 09:30", "2026-11-22T09:30:00"),
        ("2-3-2026", "2026-03-02T00:00:00"),
        ("11/22/2026", None),
        ("22.13.2026", None),
        ("31 февраля 2026", None),
        ("22 smarch 2026", None),
        ("22 nov 2026 29:30", None),
        ("22 nov 1026", None),
        ("nov 2026", None),
        ("", None),
    ],
)
def test_dates_in_words_are_read(written: str, moment: str | None) -> None:
    """What feedparser does not read, in the languages of the feeds; in doubt it is unknown."""
    found = from_words(written)
    assert found == (datetime.fromisoformat(f"{moment}Z") if moment else None)


@settings(deadline=None)  # the first loads the names of the months
@given(
    st.text(max_size=40) | st.from_regex(r"\d{1,3}[. /-](nov|mai|\d{1,2})[. /-]\d{4}( \d\d?:\d\d)?([+-]\d{4})?")
)
def test_any_words_are_a_plausible_date_or_none(written: str) -> None:
    """An accident here would cost the whole feed."""
    found = from_words(written)
    assert found is None or FIRST_YEAR <= found.year <= LAST_YEAR


def entries(*dates: datetime | None) -> list[Entry]:
    """Make an entry for each date."""
    return [Entry(str(n), f"https://a.example/{n}", "t", date) for n, date in enumerate(dates)]


def dates(given_entries: list[Entry], *, now: datetime = NOW) -> list[datetime | None]:
    """Return what is believed of their dates."""
    return [entry.published_at for entry in believed(given_entries, now=now)]


def test_a_feed_that_stamps_all_it_hands_out_has_no_dates() -> None:
    """Case 25: after it was added again, or by a program that knows no better."""
    assert dates(entries(*[NOW - MINUTE * n for n in range(STAMPS_AT_LEAST)], None)) == [None] * 6
    assert dates(entries(*[NOW + timedelta(hours=n) for n in range(STAMPS_AT_LEAST)])) == [None] * 5


def test_one_honest_date_saves_the_others_and_a_few_prove_nothing() -> None:
    """A busy desk publishes three reports in a minute."""
    few = [NOW - MINUTE * n for n in range(STAMPS_AT_LEAST - 1)]
    assert dates(entries(*few)) == few
    assert dates(entries(*few, NOW - MINUTE * 30)) == [*few, NOW - MINUTE * 30]
    assert dates(entries(NOW + MINUTE, NOW - MINUTE)) == [NOW, NOW - MINUTE]


@given(st.lists(st.none() | st.timedeltas(timedelta(days=-9), timedelta(days=9)), max_size=12))
def test_no_believed_date_lies_in_the_future_and_none_is_made_up(ages: list[timedelta | None]) -> None:
    """An unknown date is None, never today; each other is the stated one, or now."""
    stated = [None if age is None else NOW - age for age in ages]
    for before, after in zip(stated, dates(entries(*stated)), strict=True):
        assert after is None or (before is not None and after == min(before, NOW))
