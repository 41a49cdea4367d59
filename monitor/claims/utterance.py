"""Sentence and the day of its article → Days: when what it reports was said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml
from babel import Locale

from monitor.claims.attribution import attribution
from monitor.claims.cues import cues_for
from monitor.claims.dates import stated_dates

_WORD = re.compile(r"[\w'’]+")
BACK = ("ago", "weeks", "months")
MONTHS_BACK = 6  # a month without a year that is further back is the one to come: "by the end of March"
# "10일", "10日": the day of this month or the last, where nothing says which.
_DAY_ALONE = {
    "ko": r"(?<![\d월년.,])(?P<day>\d{1,2})\s?일(?!간|째)",
    "ja": r"(?<![\d月年.,])(?P<day>\d{1,2})日(?!間|本)",
}


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day on which it may have been said; one day where that is known."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class StatedTime:
    """Words of a sentence that name a time. start, end: where they stand."""

    days: Days
    start: int
    end: int


def said_on(sentence: str, lang: str | None, *, day: date) -> Days | None:
    """Find when what a sentence reports was said; None where it names no day for that.

    day: of the article; "on Thursday" is the last Thursday up to it. Of several times in a sentence the one
    nearest to the verb of saying counts; without such a verb none does: what happened is not what was said.
    Neither is what stands behind "that": "told parliament that the pact was signed in June".
    """
    found = list(times(sentence, lang, day=day))
    verbs = _verbs(sentence, lang) if found else []
    near = [
        (_between(dated, verb), dated.start, dated.days)
        for dated in found
        for verb in verbs
        if not _is_told(sentence[verb[1] : dated.start], sentence, lang)
    ]
    days = min(near, key=lambda row: row[:2])[2] if near else None
    return days if days and days.first <= day else None


def _is_told(between: str, sentence: str, lang: str | None) -> bool:
    """Tell by the words from the verb of saying to a time that the time belongs to what was said."""
    cues = cues_for(sentence, lang)
    return cues is not None and any(cues.attribution["that"].fullmatch(word) for word in _WORD.findall(between))


def _verbs(sentence: str, lang: str | None) -> list[tuple[int, int]]:
    """Find the verb of whoever says it or, where nobody is sure to, every word that may be one."""
    said, cues = attribution(sentence, lang).said, cues_for(sentence, lang)
    if said or cues is None:
        return [said] if said else []
    return [m.span() for m in cues.attribution["says"].finditer(sentence)]


def _between(dated: StatedTime, verb: tuple[int, int]) -> int:
    return max(dated.start - verb[1], verb[0] - dated.end, 0)


def times(sentence: str, lang: str | None, *, day: date) -> Iterator[StatedTime]:
    """Find the days, weeks and months that a sentence names, seen from the day of the article."""
    taken: list[tuple[int, int]] = []
    for found in (*_written(sentence, lang, day), *_spoken(sentence, lang, day)):
        if not any(found.start < end and start < found.end for start, end in taken):
            taken.append((found.start, found.end))
            yield found


def _written(sentence: str, lang: str | None, day: date) -> Iterator[StatedTime]:
    for stated in stated_dates(sentence, lang, near=day.isoformat()):
        year, month, number = (int(part) for part in (*stated.day.split("-"), "0", "0")[:3])
        months_ago = 12 * (day.year - year) + day.month - month
        if str(year) not in sentence[stated.start : stated.end] and months_ago > MONTHS_BACK:
            continue
        if number:
            with suppress(ValueError):  # 31 February
                yield StatedTime(_one(date(year, month, number)), stated.start, stated.end)
        elif month:
            first = date(year, month, 1)
            yield StatedTime(Days(first, min(_end_of(first), max(day, first))), stated.start, stated.end)


def _spoken(sentence: str, lang: str | None, day: date) -> Iterator[StatedTime]:
    words = _words(lang.split("-")[0].lower()) if lang else None
    for kind, pattern in words.patterns if words else ():
        for m in pattern.finditer(sentence):
            days = _days(kind, words.numbers[kind].get(m.group().lower(), 0), m, day)  # type: ignore[union-attr]
            if days:
                yield StatedTime(days, *m.span())


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language. numbers: by kind, what each means: a weekday from 0, or how far back."""

    numbers: Mapping[str, Mapping[str, int]]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def _lists() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("monitor.claims").joinpath("times.yaml").read_text(encoding="utf-8")
    rows: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return rows


@cache
def _words(lang: str) -> _Words | None:
    lists = _lists().get(lang)
    if lists is None:
        return None
    weekdays = {name.lower(): number for number, name in Locale(lang).days["stand-alone"]["wide"].items()}
    weekdays |= {name.lower(): n for n, names in enumerate(lists.get("weekdays", [])) for name in names}
    numbers = {
        kind: {word.lower(): number for number, words in lists[kind].items() for word in words} for kind in BACK
    } | {"weekday": weekdays}
    patterns = [(kind, _either(words, whole=lang not in _DAY_ALONE)) for kind, words in numbers.items()]
    if lang in _DAY_ALONE:
        patterns.append(("day", re.compile(_DAY_ALONE[lang])))
    return _Words(numbers | {"day": {}}, tuple(patterns))


def _either(words: Iterable[str], *, whole: bool) -> re.Pattern[str]:
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if whole else either, re.IGNORECASE)


def _days(kind: str, number: int, m: re.Match[str], day: date) -> Days | None:
    if kind == "ago":
        return _one(day - timedelta(days=number))
    if kind == "weekday":
        return _one(day - timedelta(days=(day.weekday() - number) % 7))
    if kind == "weeks":
        monday = day - timedelta(days=day.weekday() + 7 * number)
        return Days(monday, min(monday + timedelta(days=6), day))
    if kind == "months":
        first = day.replace(day=1)
        for _ in range(number):
            first = (first - timedelta(days=1)).replace(day=1)
        return Days(first, min(_end_of(first), day))
    month = day if int(m["day"]) <= day.day else day.replace(day=1) - timedelta(days=1)
    with suppress(ValueError):  # the 31st of a month with 30 days
        return _one(month.replace(day=int(m["day"])))
    return None


def _one(day: date) -> Days:
    return Days(day, day)


def _end_of(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
