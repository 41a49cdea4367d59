"""The dates that a sentence names, in the ways of ten languages."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from monitor.claims.dates import stated_dates

LANGS = ("en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja")


def days(text: str, lang: str | None, near: str | None = None) -> list[str]:
    return [found.day for found in stated_dates(text, lang, near=near)]


@pytest.mark.parametrize(
    ("text", "lang", "day"),
    [
        ("It fell on May 3, 2024, at night.", "en", "2024-05-03"),
        ("It fell on the 3rd of the month, in March 2023.", "en", "2023-03"),
        ("depuis le 1er juin 2024", "fr", "2024-06-01"),
        ("seit dem 3. Mai 2024", "de", "2024-05-03"),
        ("en octubre de 2024", "es", "2024-10"),
        ("dal 3 maggio 2024", "it", "2024-05-03"),
        ("em 3 de maio de 2024", "pt", "2024-05-03"),
        ("в июне 2023 года", "ru", "2023-06"),
        ("у травні 2023 року", "uk", "2023-05"),
        ("2024년 5월 3일에", "ko", "2024-05-03"),
        ("2024年5月に", "ja", "2024-05"),
        ("am 2024-10-09", "de", "2024-10-09"),
        ("Depuis 2022, rien.", "fr", "2022"),
        ("Od 2022 roku", "xx", "2022"),
    ],
)
def test_a_date_is_read_as_it_is_written(text: str, lang: str, day: str) -> None:
    """Months bend, days come before or behind, and some languages put little words between."""
    assert days(text, lang) == [day]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("It may rain, and the army will march.", "en"),
        ("They lost 2,024 men and 2024 tanks.", "en"),
        ("The KN-2024 flew 2024 km.", "en"),
        ("It fell in October.", "en"),
        ("last week", "en"),
        ("", None),
    ],
)
def test_what_is_no_date_is_left_alone(text: str, lang: str | None) -> None:
    """Verbs, counts and names look like dates; a month without a year is none while nobody knows the year."""
    assert days(text, lang) == []


@pytest.mark.parametrize(
    ("near", "day"), [("2024-10", "2024-08"), ("2024-08-01", "2024-08"), ("2024-07", "2023-08"), ("2024", None)]
)
def test_a_month_without_a_year_is_the_last_such_month(near: str, day: str | None) -> None:
    """An article of October 2024 that says "in August" means that of 2024, one of July that of 2023."""
    assert days("Bellmouth was hit in August.", "en", near) == ([day] if day else [])


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(LANGS))
def test_a_day_written_in_any_language_is_read_back(day: date, lang: str) -> None:
    """As CLDR writes long dates; the place is exact."""
    text = f"«{format_date(day, 'long', lang)}»"
    (found,) = stated_dates(text, lang)
    assert found.day == day.isoformat()
    assert text[found.start : found.end].strip("«»") == text[found.start : found.end]
