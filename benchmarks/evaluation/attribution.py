"""Labelled stories × the rules → how often the right person, or an asserter of the right kind, is named.

The rules were developed on the stories of looked_at.yaml. Reported are the others; their totals, not their
sentences, were looked at three times on the way. Each label's sentence is read with those before it, as the judge
reads it. A label names a person where score_story.py finds a name before the comma and an office stands beside it
("Ana Lopes, mayor", "Colonel Ana Lopes"): a name alone may be a newspaper's. Japanese, whose names score_story.py
cannot compare, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from benchmarks.evaluation import stories
from monitor.claims.attribution import Attribution, attribution
from monitor.judge.model import EmbeddedModel
from monitor.judge.stance import CONTEXT
from monitor.read.sentences import split_sentences
from monitor.utterances import AsserterKind, asserter_kind

_OFFICE = re.compile(
    r"\b(?:\w*minister|president|premier|chancellor|governor|mayor|spokes\w+|chief|head|director|chair\w*|secretary"
    r"|general|colonel|major|captain|lieutenant|admiral|commander|lawyer|prosecutor|judge|ambassador|envoy|mediator"
    r"|expert|analyst|engineer|doctor|coach|leader|deputy|senator|adviser|executive|owner|inspector|investigator"
    r"|commissioner|treasurer|historian|professor|officer|manager|negotiator|representative|journalist|father)\b",
    re.IGNORECASE,
)
# Labels are English, and romanised: the first of these words tells the kind.
_KINDS: Mapping[AsserterKind, re.Pattern[str]] = {
    AsserterKind.UNNAMED_SOURCE: re.compile(
        r"\b(?:sources?|officials?|residents|witness\w*|unnamed|experts|analysts)\b", re.I
    ),
    AsserterKind.STATE_BODY: re.compile(
        r"\b(?:ministry|government|police|army|military|navy|court|parliament|authorit\w+|prosecutors?"
        r"|coast ?guard|intelligence|commission|council|embassy)\b",
        re.I,
    ),
    AsserterKind.COMPANY: re.compile(
        r"\b(?:company|airline|operator|insurer|shipowner|bank|manufacturer|firm)\b", re.I
    ),
    AsserterKind.ORGANISATION: re.compile(
        r"\b(?:union|ngo|association|federation|party|club|university|charity)\b", re.I
    ),
}
_UNCOMPARABLE = frozenset({"ja", "zh", "ar", "hi"})


class Scoring(Protocol):
    """What is used of score_story.py."""

    def rows(self, path: Path) -> list[dict[str, Any]]:
        """Read JSON Lines."""

    def names_a_person(self, label: str) -> bool:
        """Tell whether a label may name a person."""

    def same_person(self, found: str, label: str) -> bool:
        """Tell whether two spellings are one person."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label's asserter, and what the rules make of its sentence. text: the sentence and those before it."""

    asserter: str
    found: Attribution
    text: str


def measure(shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield the shares that are right, on the stories that the rules were not developed on.

    The given stories are counted apart from our own, which are longer and name fewer of those who speak.
    """
    del model  # rules alone
    scoring = cast(Scoring, stories.load_scoring(shared / "tools/score_story.py"))  # the module has them all
    others = stories.looked_at(stories.labelled_folders(shared), yes=False)
    for source, folders in stories.by_source(others, shared).items():
        labels = [label for folder in folders for label in labelled(folder, scoring)]
        for name, value in _rows(labels, scoring):
            yield f"asserter of a label, {source} stories not looked at: {name}", value


def _rows(labels: list[Labelled], scoring: Scoring) -> Iterator[tuple[str, str]]:
    people = [label for label in labels if names_a_person(label.asserter, scoring)]
    plain = [label for label in labels if scoring.names_a_person(label.asserter)]
    there = [label for label in people if scoring.same_person(label.text, label.asserter.partition(",")[0])]
    sets = (
        ("all", people),
        ("as score_story.py takes them, newspapers among them", plain),
        ("named there or up to six sentences before", there),
    )
    for name, rows in sets:
        right = sum(_is_right(label, scoring) for label in rows)
        yield f"persons ({name})", f"{right / max(1, len(rows)):.2f} of {len(rows)}"
    kinds = [(label, kind) for label in labels if (kind := kind_of_label(label.asserter, scoring))]
    right = sum(asserter_kind(label.found.chain, label.found.firmness) is kind for label, kind in kinds)
    yield "kind where no person is named", f"{right / max(1, len(kinds)):.2f} of {len(kinds)}"


def labelled(folder: Path, scoring: Scoring) -> Iterator[Labelled]:
    """Yield each asserter of each labelled sentence of a story, once."""
    articles = {row["id"]: row for row in scoring.rows(folder / "articles.jsonl")}
    asserters = {
        (row["article_id"], row["evidence"], row["asserted_by"] or "")
        for row in scoring.rows(folder / "labels.jsonl")
    }
    for article_id, evidence, asserter in sorted(asserters):
        article = articles[article_id]
        sentences = [sentence.text for sentence in split_sentences(article["text"], article["lang"])]
        places = [i for i, text in enumerate(sentences) if evidence in text or text in evidence]
        if places and article["lang"] not in _UNCOMPARABLE:
            before = sentences[max(0, places[0] - CONTEXT) : places[0]]
            found = attribution(sentences[places[0]], article["lang"], context=before)
            yield Labelled(asserter, found, " ".join((*before, sentences[places[0]])))


def names_a_person(asserter: str, scoring: Scoring) -> bool:
    """Tell that a label names a person, and no newspaper or company."""
    name, _, office = asserter.partition(",")
    first, _, rest = name.partition(" ")
    titled = bool(_OFFICE.fullmatch(first)) and scoring.names_a_person(rest)
    return titled or (bool(_OFFICE.search(office)) and scoring.names_a_person(name))


def kind_of_label(asserter: str, scoring: Scoring) -> AsserterKind | None:
    """Map a label that names no person to a kind by its words; None where they do not tell."""
    if names_a_person(asserter, scoring):
        return None
    return next((kind for kind, words in _KINDS.items() if words.search(asserter)), None)


def _is_right(label: Labelled, scoring: Scoring) -> bool:
    names = (label.found.asserted_by, *(one.name for one in label.found.beside))
    return any(name and scoring.same_person(name, label.asserter.partition(",")[0]) for name in names)
