"""Word lists → Grammar, SignGrammar, Things: how numbers and counted things are said in each language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from monitor.records import Comparator

_LISTS = (
    *(
        "one",
        "and",
        "of",
        "several",
        "to",
        "from",
        "between",
        "percent",
        "months",
        "short_months",
        "naming",
        "years",
        "half",
    ),
    *("small", "more", "others", "not_but", "among", "changes", "only"),
)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Comparators as lower-case phrases, the longest first: before the number, and behind it."""

    before: tuple[tuple[str, Comparator], ...]
    behind: tuple[tuple[str, Comparator], ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a language with spaces between its words says numbers. The fields are explained in numbers.yaml."""

    decimal: str
    spaces: bool
    values: Mapping[str, float]
    times: Mapping[str, float]
    plurals: Mapping[str, float]
    one_of: Mapping[str, float]
    alone: frozenset[str]
    roughly: Mapping[str, float]
    parts: Mapping[str, float]
    parts_after: Mapping[str, float]
    words: Mapping[str, frozenset[str]]
    tight_and: bool
    clock: re.Pattern[str]
    each: Mapping[float, re.Pattern[str]]
    multiples: Mapping[float, re.Pattern[str]]
    phrases: Phrases

    def has(self, key: str, word: str) -> bool:
        """Say whether a word stands in one of the plain word lists, such as `months`."""
        return word in self.words.get(key, frozenset())


@dataclass(frozen=True, slots=True)
class SignGrammar:
    """How Korean, Japanese and Chinese say numbers: signs after each other, and a counter behind them.

    run: the signs of one number; sign: one of them (group "western" for digits).
    """

    digits: Mapping[str, float]
    places: Mapping[str, float]
    myriads: Mapping[str, float]
    shares: Mapping[str, float]
    run: re.Pattern[str]
    sign: re.Pattern[str]
    lists: Mapping[str, tuple[str, ...]]
    phrases: Phrases


@dataclass(frozen=True, slots=True)
class Things:
    """What news counts: a pattern for each thing, by group (people, persons, fates, things)."""

    groups: Mapping[str, Mapping[str, re.Pattern[str]]]

    def find(self, group: str, text: str) -> tuple[str, int] | None:
        """Return the first thing of a group that text names, the longer of two, and where; None if none."""
        hits = [(hit, name) for name, p in self.groups[group].items() if (hit := p.search(text))]
        first = min(hits, key=lambda found: (found[0].start(), -found[0].end()), default=None)
        return (first[1], first[0].start()) if first else None

    def longest(self, text: str, *groups: str) -> str | None:
        """Return the thing of some groups that text names with the most letters, the first group of equals."""
        hits = [
            (-len(hit.group()), order, name)
            for order, group in enumerate(groups)
            for name, pattern in self.groups[group].items()
            if (hit := pattern.search(text))
        ]
        return min(hits)[2] if hits else None

    def all(self, group: str, text: str) -> list[tuple[int, str]]:
        """Return every place where text names a thing of the group, in order."""
        return sorted((hit.start(), name) for name, p in self.groups[group].items() for hit in p.finditer(text))


@cache
def grammar(lang: str | None) -> Grammar:
    """Return the number words of a language; of a language we do not know, digits alone are read."""
    row = _rows("numbers.yaml").get(lang or "", {}) if lang != "common" else {}
    values = _by_word(row.get("values", {}))
    values |= _compounds(lang, row.get("compounds"))
    return Grammar(
        decimal=row.get("decimal", "."),
        spaces=row.get("spaces", False) or not row,
        values=values,
        times=_by_word(row.get("times", {})),
        plurals=_by_word(row.get("plurals", {})),
        one_of=_by_word(row.get("one_of", {})),
        alone=frozenset(row.get("alone", "").split()),
        roughly=_by_word(row.get("roughly", {})),
        parts=_by_word(row.get("parts", {})),
        parts_after=_by_word(row.get("parts_after", {})),
        words={key: frozenset(row.get(key, "").split()) for key in _LISTS},
        tight_and=row.get("tight_and", False),
        clock=re.compile(rf"(?<![^\W_])(?:{row.get('clock', '(?!)')})", re.IGNORECASE),
        each=_spoken(row.get("each", {})),
        multiples=_spoken(row.get("multiples", {})),
        phrases=_phrases(row),
    )


@cache
def common(name: str) -> frozenset[str]:
    """Return a list of words that several languages share, such as `clause_ends`."""
    return frozenset(str(_rows("numbers.yaml")["common"][name]).split())


@cache
def sign_grammar(lang: str) -> SignGrammar | None:
    """Return the number signs of Korean, Japanese or Chinese; None for other languages."""
    row = _rows("numbers.yaml").get(lang, {})
    if "myriads" not in row:
        return None
    names = (
        "several",
        "odd",
        "counters",
        "measures",
        "dates",
        "particles",
        "more",
        "not_but",
        "among",
        "part_of",
        "numbered",
    )
    lists = {name: tuple(sorted(row.get(name, "").split(), key=len, reverse=True)) for name in names}
    numbers = (row["digits"], row["places"], row["myriads"], row["shares"])
    digits, places, myriads, shares = ({str(k): float(v) for k, v in table.items()} for table in numbers)
    run, sign = _sign_patterns(digits, [*places, *myriads], lists["several"], spaced=lang == "ko")
    return SignGrammar(digits, places, myriads, shares, run, sign, lists, _phrases(row))


def _sign_patterns(
    digits: Iterable[str], tens: Sequence[str], several: Sequence[str], *, spaced: bool
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    western = r"[0-9０-９]+(?:[,，][0-9０-９]{3})*(?:[.．][0-9０-９]+)?"
    words = "|".join(sorted(digits, key=len, reverse=True))
    ten, some = f"[{''.join(tens)}]", "|".join(several)
    one = f"(?:{western}|(?<![0-9０-９])(?:{words})|{ten})"
    more = f"(?:(?<={ten}){' ?' if spaced else ''}{one}|{one})*"
    begun = f"(?<![가-힣]){ten}" if spaced else ten
    first = f"(?:{western}|(?<![0-9０-９])(?:{words})|{begun})"
    run = f"(?:(?:{some})(?={ten})|{first}){more}(?:(?:{some})(?!{ten}))?"
    return re.compile(run), re.compile(f"(?P<western>{western})|{words}|{ten}|{some}")


@cache
def things() -> Things:
    """Return the patterns of everything that news counts."""
    rows = _rows("things.yaml")
    return Things({group: {n: _pattern(str(w).split()) for n, w in row.items()} for group, row in rows.items()})


@cache
def _rows(name: str) -> dict[str, dict]:  # type: ignore[type-arg]  # as YAML gives it; the callers make records
    text = resources.files("monitor.claims").joinpath(name).read_text(encoding="utf-8")
    rows: dict[str, dict] = yaml.safe_load(text)  # type: ignore[type-arg]
    return rows


def _spoken(table: Mapping[float, str]) -> dict[float, re.Pattern[str]]:
    return {value: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for value, words in table.items()}


def _by_word(table: Mapping[float, str]) -> dict[str, float]:
    return {word.replace("ё", "е"): float(value) for value, words in table.items() for word in words.split()}


def _phrases(row: Mapping[str, str]) -> Phrases:
    sides: tuple[dict[str, Comparator], dict[str, Comparator]] = ({}, {})
    for kind in Comparator:
        before, _, behind = row.get(kind.name.lower(), "").partition("|")
        for side, words in zip(sides, (before, behind), strict=True):
            phrases = [word.replace("_", " ") for word in words.split()]
            side.update({phrase: kind for phrase in phrases if phrase not in side})
    before_sorted, behind_sorted = (tuple(sorted(s.items(), key=lambda item: -len(item[0]))) for s in sides)
    return Phrases(before_sorted, behind_sorted)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Match any of the words: whole after "=", anywhere in an East Asian script, else from a word's beginning."""
    parts = []
    for word in words:
        plain = re.escape(word.lstrip("=").replace("_", " ").replace("ё", "е"))
        if re.search(r"[\u3040-\u9fff\uac00-\ud7af]|^\W", word.lstrip("=")):
            parts.append(plain)
        else:
            parts.append(rf"(?<![^\W\d_]){plain}(?![^\W_])" if word[0] == "=" else rf"(?<![^\W\d_]){plain}")
    return re.compile("|".join(parts))


def _compounds(lang: str | None, row: Mapping[str, str] | None) -> dict[str, float]:
    """Write the German and Italian numbers that are one word: zweiundvierzigtausend, quattromilacinquecento."""
    if row is None:
        return {}
    units, teens, tens = (row[name].split() for name in ("units", "teens", "tens"))
    small = dict(zip(units, range(1, 10), strict=True)) | dict(zip(teens, range(10, 20), strict=True))
    for ten, word in enumerate(tens, start=2):
        joined = _german_tens(word, units) if lang == "de" else _italian_tens(word, units)
        small |= {word: ten * 10} | {name: ten * 10 + n for name, n in joined}
    hundred, thousand = row["hundred"], row["thousand"]
    hundreds = {unit + hundred: n * 100 for n, unit in enumerate(units, start=1)} | {hundred: 100}
    links = ("", "und") if lang == "de" else ("",)
    below = small | hundreds | {h + x + s: hundreds[h] + small[s] for h in hundreds for x in links for s in small}
    below |= {h[:-1] + s: hundreds[h] + small[s] for h in hundreds for s in small if h[-1] == s[0] == "o"}
    whole = {word + thousand: n * 1000 for word, n in below.items() if n > 1}
    # Beyond a thousand only round numbers are written as one word in news: viertausendfünfhundert.
    round_ones = {word + h: n + hundreds[h] for word, n in whole.items() if n < 100_000 for h in hundreds}
    round_ones |= {one + word: 1000 + n for one in row["one_thousand"].split() for word, n in below.items()}
    del below[units[0]], below[hundred]  # more often an article; read as a multiplier
    return {word: float(n) for word, n in (below | whole | round_ones).items()}


def _german_tens(ten: str, units: Sequence[str]) -> list[tuple[str, int]]:
    return [(f"{unit}und{ten}", n) for n, unit in enumerate(units, start=1)]


def _italian_tens(ten: str, units: Sequence[str]) -> list[tuple[str, int]]:
    """Drop the vowel before uno and otto: quarantuno; tre takes an accent, uno may lose its last letter."""
    joined = [((ten[:-1] if unit[0] in "uo" else ten) + unit, n) for n, unit in enumerate(units, start=1)]
    return [*joined, (ten + "tré", 3), (ten[:-1] + "un", 1)]
