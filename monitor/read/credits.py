"""Article → Credits: find which agencies an article says its text comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from monitor.records import Credit

# A credit stands in the dateline or among the last lines. What is longer than this is running text.
HEAD_CHARS, LINE_CHARS, LAST_LINES, FIRST_LINES = 120, 160, 4, 2

_BRACKETS = re.compile(
    r"\(([^()\n]{2,80})\)|（([^（）\n]{2,80})）|\[([^\[\]\n]{2,80})\]|【([^【】\n]{2,80})】|/([^/\n]{2,40})/"
)
_BEHIND_DATELINE = re.compile(r"\s*(?:[-–—=:.|―]|$|[^\W\d_]{2,6} ?(?:기자|특파원))")
_PLACE_AND_DATE = re.compile(
    r"^[^.!?\n]{2,30}[,.]\s(?:\d{1,2}\.?\s+[^\W\d_]+|[^\W\d_]+\.?\s+\d{1,2})[.,]?\s*(?:[-–—]\s*)?"
    r"(?P<rest>[^\n]{2,40}?)\s*[.–—-]\s"
)
_PLACE_AND_AGENCY = re.compile(r"^[^\n()]{0,20}[=＝]?\s*$")
_CJK = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힣]")
_FILLER = re.compile(r"[\s\d\W_]+")


@dataclass(frozen=True, slots=True)
class _Lists:
    """The word lists, ready to use. agencies: finds every form; names: form → name; words: stand beside them."""

    agencies: re.Pattern[str]
    names: Mapping[str, str]
    sites: Mapping[str, str]
    words: re.Pattern[str]
    signatures: tuple[tuple[str, re.Pattern[str]], ...]


def find_credits(text: str, *, bylines: Sequence[str] = ()) -> tuple[Credit, ...]:
    """Find the agencies that an article credits, each once, in the order they are met.

    text: the article, one paragraph a line. bylines: the author and other lines of the page that name who wrote;
    there any agency counts. In the text one counts only in a dateline, in a line or closing brackets that hold
    nothing but a credit, or by the phrase it signs with: in a sentence it is merely quoted.
    """
    found: dict[str, Credit] = {}
    for line in bylines:
        for agency in _agencies_in(line):
            found.setdefault(agency, Credit(agency, line))
    for words in _credit_lines(text):
        for agency in _agencies_in(words):
            found.setdefault(agency, Credit(agency, words))
    for agency, pattern in _lists().signatures:
        if signed := pattern.search(text):
            found.setdefault(agency, Credit(agency, signed.group()))
    return tuple(found.values())


def agency_of_site(domain: str) -> str | None:
    """Name the agency that publishes on a registered domain; None if none does."""
    return _lists().sites.get(domain)


def _credit_lines(text: str) -> Iterator[str]:
    """Yield the parts of a text that are credits and nothing else."""
    yield from _dateline(text[:HEAD_CHARS])
    lines = text.split("\n")
    short = lines if len(lines) <= FIRST_LINES + LAST_LINES else [*lines[:FIRST_LINES], *lines[-LAST_LINES:]]
    yield from (line for line in short if len(line) <= LINE_CHARS and _is_credit(line))
    for line in lines[-LAST_LINES:]:
        closing = [hit for hit in _BRACKETS.finditer(line) if not line[hit.end() :].strip(" .")]
        yield from (hit.group() for hit in closing if _is_credit(_inside(hit)))


def _dateline(head: str) -> Iterator[str]:
    """Yield the brackets of "PARIS (AFP) -" and the like, and the agency of "МОСКВА, 10 окт — РИА Новости."."""
    line = head.split("\n", 1)[0]
    for hit in _BRACKETS.finditer(line):
        before, inside = line[: hit.start()], _inside(hit)
        squared = hit.group()[0] in "[【" or "=" in inside
        if ". " in before.strip(" .")[20:] or not (squared or _BEHIND_DATELINE.match(line, hit.end())):
            continue
        if _is_credit(inside) or (squared and not before.strip() and _ends_in_agency(inside)):
            yield hit.group()
    placed = _PLACE_AND_DATE.match(line)
    if placed and _is_credit(placed["rest"]):
        yield placed["rest"]


def _inside(hit: re.Match[str]) -> str:
    return next(group for group in hit.groups() if group)


def _ends_in_agency(inside: str) -> bool:
    """Tell whether a bracket holds a place and then an agency, as 서울=연합뉴스 does."""
    last = next(reversed(list(_lists().agencies.finditer(inside))), None)
    return bool(last and last.end() == len(inside.rstrip()) and _PLACE_AND_AGENCY.match(inside[: last.start()]))


def _is_credit(line: str) -> bool:
    """Tell whether a line names an agency and holds nothing but names and the words of a credit."""
    lists = _lists()
    rest, agencies = lists.agencies.subn(" ", line)
    return bool(agencies) and not _FILLER.sub("", lists.words.sub(" ", rest))


def _agencies_in(line: str) -> list[str]:
    lists = _lists()
    return [lists.names[_key(hit.group())] for hit in lists.agencies.finditer(line)]


def _key(form: str) -> str:
    """Fold a form of an agency's name, but for short ones in capitals: AP is one, ap is none."""
    return form if form.isupper() and len(form) <= 4 else form.casefold()


@cache
def _lists() -> _Lists:
    data = yaml.safe_load(resources.files("monitor.read").joinpath("credits.yaml").read_text(encoding="utf-8"))
    forms = {form: name for name, row in data["agencies"].items() for form in row["forms"]}
    words = [word for listed in data["words"].values() for word in listed]
    return _Lists(
        agencies=_any_of(forms, keep_case=True),
        names={_key(form): name for form, name in [*forms.items(), *((f.upper(), n) for f, n in forms.items())]},
        sites={site: name for name, row in data["agencies"].items() for site in row["sites"]},
        words=re.compile(_any_of(words, keep_case=False).pattern, re.IGNORECASE),
        signatures=tuple(
            (name, re.compile(pattern)) for name, patterns in data["signatures"].items() for pattern in patterns
        ),
    )


def _any_of(forms: Sequence[str] | Mapping[str, str], *, keep_case: bool) -> re.Pattern[str]:
    """A pattern for any of the forms, the longest first; whole words, but for scripts without spaces."""
    return re.compile("|".join(_pattern(form, keep_case) for form in sorted(forms, key=len, reverse=True)))


def _pattern(form: str, keep_case: bool) -> str:
    plain = re.escape(form)
    if _CJK.search(form):
        return plain
    exact = keep_case and _key(form) == form
    return rf"(?<![\w-]){plain}(?![\w-])" if exact or not keep_case else rf"(?<![\w-])(?i:{plain})(?![\w-])"
