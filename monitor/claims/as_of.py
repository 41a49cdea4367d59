""" "As of 14 March" → the day: read a day as a sentence writes it, in the language of the sentence."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError


def day_of(words: str, lang: str | None, *, near: date | None) -> date | None:
    """Read a day and its month; without a year, take the last such day up to `near`, the day of the article.

    None where the month is not known, there is no such day, or neither names a year.
    """
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    year = next((number for number in numbers if number >= 1900), None)
    small = [number for number in numbers if number < 1900]
    named = [month for name, month in _months(lang).items() if re.search(rf"(?<!\w){name}(?!\w)", words.lower())]
    month, day = (named[0], small[-1]) if named and small else (small[0], small[1]) if len(small) > 1 else (0, 0)
    if year is not None:
        return _date(year, month, day)
    if near is None:
        return None
    found = _date(near.year, month, day)
    return _date(near.year - 1, month, day) if found and found > near else found


def _date(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        return date(year, month, day)
    return None


@cache
def _months(lang: str | None) -> dict[str, int]:
    with suppress(UnknownLocaleError, ValueError):
        months = Locale.parse(lang or "").months
        kinds = (months[kind]["wide"] for kind in ("format", "stand-alone"))
        return {name.lower(): number for names in kinds for number, name in names.items() if name.isalpha()}
    return {}
