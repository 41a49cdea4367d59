"""Sentence → Spans: what is quoted in it, without the words put in between to say who speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

MAX_NAME_WORDS = 4  # of a company or ship whose name stands in quotation marks
QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|»[^«»]*«|\"[^\"]*\"|‘[^‘’]{12,}’(?!\w)")
_PUT_IN = re.compile(r"[,!?…»]?\s*[—–]\s*(?P<dashed>[^—–«»]*?)\s*,?\s*[—–]|,\s*(?P<commas>[^,«»]*),")


def spoken(sentence: str, says: re.Pattern[str]) -> list[Span]:
    """List what is quoted word for word, in order; names in quotation marks are not.

    says: verbs of saying. "«The bridge, said the mayor, is safe»" is two quotations.
    """
    found: list[Span] = []
    for m in QUOTED.finditer(sentence):
        if not is_name(m.group()):
            found += _around(m.span(), list(_put_in(sentence, m.span(), says)))
    return found


def names(sentence: str) -> list[Span]:
    """List the names in quotation marks."""
    return [m.span() for m in QUOTED.finditer(sentence) if is_name(m.group())]


def is_name(quoted: str) -> bool:
    """Tell a name in quotation marks, "«Northern Port»", from words that somebody said."""
    inner = quoted[1:-1].strip()
    short = len(inner.split()) <= MAX_NAME_WORDS
    return short and inner[:1].isupper() and inner[-1:].isalnum() and quoted[0] not in '"“„‘'


def _put_in(sentence: str, quote: Span, says: re.Pattern[str]) -> Iterator[Span]:
    """Find ", said the mayor," and "— said the mayor —" in a quotation: right behind the mark stands a verb."""
    at, end = quote
    while m := _PUT_IN.search(sentence, at, end):
        kind = m.lastgroup or "dashed"
        if says.match(sentence, m.start(kind)):
            yield m.span(kind)
            at = m.end()
        else:
            at = m.start() + 1


def _around(quote: Span, holes: list[Span]) -> list[Span]:
    edges = [quote[0], *(edge for hole in holes for edge in hole), quote[1]]
    return list(zip(edges[::2], edges[1::2], strict=True))
