"""Utterance: the day on which something was said, in ten languages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from monitor.claims.utterance import Days, said_on, times

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/utterance.yaml").read_text(encoding="utf-8"))
LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['lang']}: {case['text'][:40]}")
def test_the_day_it_was_said(case: dict[str, Any]) -> None:
    said = case["said"]
    expected = Days(said[0], said[-1]) if said else None
    assert said_on(case["text"], case["lang"], day=case["day"]) == expected


@given(day=st.dates(date(2015, 1, 1), date(2030, 1, 1)), lang=st.sampled_from(LANGUAGES))
def test_a_long_date_of_any_locale_is_read_back(day: date, lang: str) -> None:
    text = format_date(day, format="long", locale=lang)
    assert [found.days for found in times(text, lang, day=day + timedelta(days=200))] == [Days(day, day)]


@given(day=st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_a_weekday_is_the_last_one_up_to_the_article(day: date) -> None:
    (found,) = times("on Thursday", "en", day=day)
    assert found.days.first.weekday() == 3
    assert timedelta(0) <= day - found.days.first < timedelta(days=7)


def test_a_day_that_does_not_exist_is_no_day() -> None:
    assert list(times("on 31 February", "en", day=date(2024, 10, 12))) == []


def test_nothing_is_read_in_a_language_without_words() -> None:
    assert said_on("Rzecznik powiedział w czwartek.", "pl", day=date(2024, 10, 12)) is None
    assert said_on("x", None, day=date(2024, 10, 12)) is None


def test_a_month_to_come_is_no_day_of_an_utterance() -> None:
    """A claim would otherwise be older than the article that makes it, by most of a year."""
    february = date(2025, 2, 9)
    assert said_on("The ministry expects to pump out the oil by the end of March.", "en", day=february) is None
    assert said_on("The ministry said so in November.", "en", day=february) == Days(
        date(2024, 11, 1), date(2024, 11, 30)
    )
