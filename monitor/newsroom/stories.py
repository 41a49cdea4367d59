"""Articles → stories: which outlet publishes which article, at which address, in which paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.newsroom.articles import SampleArticle
from monitor.newsroom.outlets import Outlet

MAX_PARAGRAPHS = 3

# Two letters before the stop: an initial ("U.S.") ends no paragraph.
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{2}[.!?]) (?=[^\W_])")


@dataclass(frozen=True, slots=True)
class Story:
    """An article as one outlet publishes it. url: absolute; paragraphs joined by a space are its text."""

    article: SampleArticle
    url: str
    paragraphs: tuple[str, ...]


def publish(
    articles: Sequence[SampleArticle], outlets: Sequence[Outlet], bases: Sequence[str]
) -> tuple[tuple[Story, ...], ...]:
    """Deal the articles of each language round among the outlets that take it.

    bases: the address of each outlet, without a slash at its end, as http://127.0.0.1:8800.
    Returns the stories of each outlet, in the order of outlets. Raises ValueError if no outlet
    takes a language.
    """
    stories: list[list[Story]] = [[] for _ in outlets]
    dealt: dict[str, int] = {}
    for article in articles:
        takers = [index for index, outlet in enumerate(outlets) if article.lang in outlet.takes]
        if not takers:
            raise ValueError(f"no outlet takes {article.lang}, the language of {article.id}")
        turn = dealt[article.lang] = dealt.get(article.lang, -1) + 1
        index = takers[turn % len(takers)]
        path = outlets[index].address.format(slug=_slug(article.title), id=article.id)
        stories[index].append(Story(article, bases[index] + path, split_paragraphs(article.text)))
    return tuple(map(tuple, stories))


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Split a text into one to three paragraphs of whole sentences.

    Splits at single spaces only, so that " ".join gives the text back.
    """
    sentences: list[str] = []
    for part in _SENTENCE_END.split(text):
        if sentences and part[0].islower():  # "około 6,7 tys. kontenerów": an abbreviation, not an end
            sentences[-1] += " " + part
        else:
            sentences.append(part)
    size = -(-len(sentences) // MAX_PARAGRAPHS)
    return tuple(" ".join(sentences[start : start + size]) for start in range(0, len(sentences), size))


def _slug(title: str) -> str:
    ascii_letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_letters)[:8]) or "news"
