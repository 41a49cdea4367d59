"""Sentence and the day of its article → Days: when what it reports was said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

import yaml
from babel import Locale

from monitor.claims.attribution import attribution
from monitor.claims.cues import cues_for

# A day and month without a year are the last ones, but a preview may look this far ahead.
AHEAD = timedelta(days=45)
_WEEKDAYS_BACK = 7


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day on which it may have been said; one day where that is known."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Dated:
    """Words of a sentence that name a time. start, end: where they stand."""

    days: Days
    start: int
    end: int


def said_on(sentence: str, lang: str | None, *, day: date) -> Days | None:
    """Find when what a sentence reports was said; None where it names no day for that.

    day: of the article; "on Thursday" is the last Thursday up to it. Of several times in a sentence the one
    nearest to the verb of saying counts; without such a verb none does: what happened is not what was said.
    """
    found = list(times(sentence, lang, day=day))
    verbs = _verbs(sentence, lang)
    if not found or not verbs:
        return None
    nearest = min(found, key=lambda dated: min(_between(dated, verb) for verb in verbs))
    return nearest.days if nearest.days.first <= day else None


def _verbs(sentence: str, lang: str | None) -> list[tuple[int, int]]:
    """Find the verb of whoever says it or, where nobody is sure to, every word that may be one."""
    said, cues = attribution(sentence, lang).said, cues_for(sentence, lang)
    if said or cues is None:
        return [said] if said else []
    return [m.span() for m in cues.attribution["says"].finditer(sentence)]


def _between(dated: Dated, verb: tuple[int, int]) -> int:
    return max(dated.start - verb[1], verb[0] - dated.end, 0)


def times(sentence: str, lang: str | None, *, day: date) -> Iterator[Dated]:
    """Find the days, weeks and months that a sentence names, seen from the day of the article."""
    words = _words(lang.split("-")[0].lower()) if lang else None
    if words is None:
        return
    taken: list[tuple[int, int]] = []
    for kind, pattern in words.patterns:
        for m in pattern.finditer(sentence):
            start, end = m.span()
            days = _days(kind, m, words, day)
            if days and not any(start < e and s < end for s, e in taken):
                taken.append((start, end))
                yield Dated(days, start, end)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language by what they mean: months 1 to 12, weekdays 0 to 6, and how far back."""

    months: dict[str, int]
    weekdays: dict[str, int]
    ago: dict[str, int]
    weeks: dict[str, int]
    month_back: dict[str, int]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def _lists() -> dict[str, dict[str, object]]:
    text = resources.files("monitor.claims").joinpath("times.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]  # the file is ours, and a test reads it


@cache
def _words(lang: str) -> _Words | None:
    lists = _lists().get(lang)
    if lists is None:
        return None
    locale = Locale(lang)
    months = {
        name.lower(): number
        for context in ("format", "stand-alone")
        for number, name in locale.months[context]["wide"].items()
    }
    bent: list[list[str]] = lists.get("weekdays", [])  # type: ignore[assignment]
    weekdays = {name.lower(): number for number, name in locale.days["stand-alone"]["wide"].items()}
    weekdays |= {name.lower(): number for number, names in enumerate(bent) for name in names}
    ago, weeks, month_back = (
        {word.lower(): number for number, words in lists[kind].items() for word in words}  # type: ignore[attr-defined]
        for kind in ("ago", "weeks", "months")
    )
    patterns = _patterns(lang, months, weekdays, ago, weeks, month_back)
    return _Words(months, weekdays, ago, weeks, month_back, patterns)


def _patterns(
    lang: str, months: dict[str, int], weekdays: dict[str, int], *back: dict[str, int]
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    signs = lang in {"ko", "ja"}

    def either(words: dict[str, int]) -> str:
        return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern if signs else rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)

    if signs:
        year, month, of_month = ("년", "월", "일") if lang == "ko" else ("年", "月", "日")
        dates = [
            (
                "date",
                rf"(?:(?P<year>\d{{4}})\s?{year}\s?)?(?P<number>\d{{1,2}})\s?{month}\s?(?P<day>\d{{1,2}})\s?{of_month}(?!間|간)",
            ),
            ("day", rf"(?<![\d{month}{year}.,])(?P<day>\d{{1,2}})\s?{of_month}(?!間|간|本|째)"),
            ("month", rf"(?:(?P<year>\d{{4}})\s?{year}\s?)?(?P<number>\d{{1,2}})\s?{month}(?!\s?\d|間)"),
        ]
    else:
        named = rf"(?P<month>{either(months)})"
        years = r"(?:,?\s(?:de\s|del\s)?(?P<year>(?:19|20)\d\d)(?:\sг\w*|\sр\w*)?)?"
        dates = [
            ("date", rf"(?P<day>\d{{1,2}})(?:er|\.|º|st|nd|rd|th)?\s(?:de\s|of\s)?{named}{years}"),
            ("date", rf"{named}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d){years}"),
            ("date", r"(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>(?:19|20)\d\d)"),
            ("month", rf"(?:in|en|im|em|a|nel|в|у|d'|à|since|seit|mese di)\s{named}{years}"),
        ]
    dates.append(("date", r"(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<day>\d\d)"))
    others = [("ago", back[0]), ("weeks", back[1]), ("months", back[2]), ("weekday", weekdays)]
    return tuple((kind, compiled(p)) for kind, p in dates) + tuple(
        (kind, compiled(f"(?P<word>{either(words)})")) for kind, words in others
    )


def _days(kind: str, m: re.Match[str], words: _Words, day: date) -> Days | None:
    if kind == "ago":
        back = timedelta(days=words.ago[m["word"].lower()])
        return Days(day - back, day - back)
    if kind == "weekday":
        back = timedelta(days=(day.weekday() - words.weekdays[m["word"].lower()]) % _WEEKDAYS_BACK)
        return Days(day - back, day - back)
    if kind == "weeks":
        monday = day - timedelta(days=day.weekday() + 7 * words.weeks[m["word"].lower()])
        return Days(monday, min(monday + timedelta(days=6), day))
    if kind == "months":
        first = day.replace(day=1)
        for _ in range(words.month_back[m["word"].lower()]):
            first = (first - timedelta(days=1)).replace(day=1)
        return Days(first, min(_end_of(first), day))
    return _calendar(kind, m.groupdict(), words, day)


def _calendar(kind: str, parts: dict[str, str | None], words: _Words, day: date) -> Days | None:
    month = words.months.get((parts.get("month") or "").lower()) or int(parts.get("number") or 0)
    year, number = int(parts.get("year") or 0), int(parts.get("day") or 1)
    if kind == "day":
        month = day.month if number <= day.day else (day.month - 2) % 12 + 1
    found = [
        date(y, month, number)
        for y in ((year,) if year else (day.year + 1, day.year, day.year - 1))
        if 1 <= month <= 12 and 1 <= number <= _end_of(date(y, month, 1)).day
    ]
    best = next((one for one in found if year or one <= day + AHEAD), None)
    if best is None:
        return None
    return Days(best, min(_end_of(best), max(day, best))) if kind == "month" else Days(best, best)


def _end_of(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
