"""Sentence → Dates: find the years, months and days that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import takewhile

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names

from monitor.claims.lexicon import grammar
from monitor.claims.quantities import figures

_EAST_ASIAN = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)[年년] ?)?(?P<m>1[0-2]|0?[1-9])[月월](?: ?(?P<d>[12]\d|3[01]|0?[1-9])[日일])?"
)
_ISO = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])(?:-(?P<d>0[1-9]|[12]\d|3[01]))?(?!\d)")
_YEAR = re.compile(r"(?<![\d.,'’/:-])(?P<y>(?:19|20)\d\d)(?![\d%/:]|[.,'’]\d|[-–]\d)")
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_ORDINAL = r"(?:st|nd|rd|th|er|º|°|\.)?"
_BEFORE_YEAR = r"(?:,?\s(?:de\s|del\s|do\s)?(?P<y>(?:19|20)\d\d)(?!\d))?"
_CAPITALS = frozenset({"en", "de"})  # "may" is no month there


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date in a text: text[start:end]. day: as precise as it is known: 2024, 2024-06 or 2024-06-19."""

    day: str
    start: int
    end: int


def stated_dates(text: str, lang: str | None, *, near: str | None = None) -> tuple[StatedDate, ...]:
    """Find the years, months and days that a text names, in its order.

    near: when the text was written, as 2024-10 or 2024-10-09; a month without a year is then the last such month
    up to it. Without it, and for "last week", there is no date. What quantities.figures reads is no year.
    """
    taken = [(figure.start, figure.end) for figure in figures(text, lang)]
    found: list[StatedDate] = []
    for pattern in (_EAST_ASIAN, _ISO, *_written(lang), _YEAR):
        for hit in pattern.finditer(text):
            free = all(hit.end() <= start or end <= hit.start() for start, end in taken)
            day = _day(hit.groupdict(), lang, near) if free else None
            if day:
                taken.append(hit.span())
                found.append(StatedDate(day, *hit.span()))
    return tuple(sorted(found, key=lambda date: date.start))


def day_named(words: str, lang: str | None, *, near: date | None) -> date | None:
    """Read the one day that words name; without a year, the last one up to `near`. None where there is none."""
    for stated in stated_dates(words, lang, near=near.isoformat() if near else None):
        with suppress(ValueError):  # a month, or 31 February
            day = date.fromisoformat(stated.day)
            return day.replace(year=day.year - 1) if near and day > near and str(day.year) not in words else day
    return None


def _day(parts: Mapping[str, str | None], lang: str | None, near: str | None) -> str | None:
    name, day = parts.get("m"), parts.get("d") or parts.get("d2")
    if name is None:
        return parts["y"]
    month = int(name) if name.isdigit() else _month(name.lower(), lang or "")
    year = parts.get("y") or _last_year_of(month, near)
    if year is None:
        return None
    return f"{year}-{month:02}" + (f"-{int(day):02}" if day else "")


def _month(name: str, lang: str) -> int:
    return _months(lang).get(name) or _short_months(lang)[name]


def _last_year_of(month: int, near: str | None) -> str | None:
    if near is None or len(near) < len("2024-10"):
        return None
    year, this = int(near[:4]), int(near[5:7])
    return str(year if month <= this else year - 1)


def _written(lang: str | None) -> Iterator[re.Pattern[str]]:
    if _months(lang or ""):
        yield from _short_patterns(lang or "")
        yield _pattern(lang or "")


@cache
def _pattern(lang: str) -> re.Pattern[str]:
    """Match 10 October 2024, October 10, 2024, le 1er juin, 3. Mai, 10 de octubre de 2024, juin 2024."""
    capitals = lang in _CAPITALS
    spelt = [name.capitalize() if capitals else name for name in _months(lang)]
    names = "|".join(sorted(map(re.escape, spelt), key=len, reverse=True))
    before = rf"(?:(?<!\d)(?P<d>{_DAY}){_ORDINAL}\s(?:de\s|of\s)?)?"
    after = rf"(?:\s(?P<d2>{_DAY})(?:st|nd|rd|th)?(?!\d|[.,]\d))?"
    flags = 0 if capitals else re.IGNORECASE
    return re.compile(rf"{before}(?<!\w)(?P<m>{names})(?!\w){after}{_BEFORE_YEAR}", flags)


@cache
def _short_patterns(lang: str) -> tuple[re.Pattern[str], ...]:
    """Match Oct. 10, 10 окт., 10 ott 2024: a month cut short is one beside its day ("mar" is the sea as well)."""
    spelt = [name.capitalize() if lang in _CAPITALS else name for name in _short_months(lang)]
    names = "|".join(sorted(map(re.escape, spelt), key=len, reverse=True))
    if not names:
        return ()
    behind = rf"(?<!\w)(?P<m>{names})\. (?P<d>{_DAY})(?:st|nd|rd|th)?(?!\d|[.,]\d){_BEFORE_YEAR}"
    ends = r"(?:\.|(?= (?:de )?(?:19|20)\d\d))"
    before = rf"(?<!\d)(?P<d>{_DAY}){_ORDINAL} (?:de )?(?P<m>{names}){ends}{_BEFORE_YEAR}"
    return re.compile(behind, 0 if lang in _CAPITALS else re.IGNORECASE), re.compile(before, re.IGNORECASE)


@cache
def _months(lang: str) -> Mapping[str, int]:
    """Return the names of the months, in every form that numbers.yaml lists, in lower case.

    Which month a form names is told by the CLDR name that it shares the longest beginning with.
    """
    try:
        locale = Locale.parse(lang)
    except (UnknownLocaleError, ValueError):
        return {}
    tables = [get_month_names("wide", context, locale) for context in ("format", "stand-alone")]
    names = {name.lower(): n for table in tables for n, name in table.items() if name[:1].isalpha()}
    forms = {
        form: max(names, key=lambda name: (_shared(form, name), -len(name))) for form in _forms(lang) if names
    }
    return names | {form: names[name] for form, name in forms.items() if _shared(form, name) > 1}


@cache
def _short_months(lang: str) -> Mapping[str, int]:
    """Return the names of the months cut short, in lower case, each by the name that begins most like it."""
    names = _months(lang)
    forms = grammar(lang).words["short_months"] if names else ()
    return {form: names[max(names, key=lambda name: (_shared(form, name), -len(name)))] for form in forms}


def _forms(lang: str) -> frozenset[str]:
    return grammar(lang).words["months"]


def _shared(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
