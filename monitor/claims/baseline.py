"""Baseline article → Proposals → the claims file that a person corrects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import yaml
from numpy.typing import NDArray

from monitor.claims.attribution import asserted_by
from monitor.claims.comparators import comparator
from monitor.claims.dates import StatedDate, stated_dates
from monitor.claims.doubles import are_double
from monitor.claims.manner import manner_of
from monitor.claims.quantities import figures
from monitor.claims.standalone import hands_on, points_back, split_facts, stand_alone
from monitor.claims.worth import WorthModel, hits, is_question, measure, word_tables
from monitor.read.sentences import split_sentences
from monitor.records import ClaimKind, Figure, Manner, Sentence

MAX_CLAIM_CHARS = 1000  # as monitor/config.py allows
MIN_CLAIM_CHARS = 30
CAPTION_CHARS = 400  # a longer line that names a photo is a paragraph about one
HEADING_WORDS = 9  # a line without a full stop and with fewer words is a heading or a byline
CONTEXT = 3  # sentences before one, in which "she said" may find its name
# For the first sentence of an article, falling to nothing at its end: news tells the most important first. The
# sentences that trained the model come without their articles, so this is set by hand.
EARLY = 0.1
OPEN = 0.15  # less for a claim that points at what only the article says: a person has to mend it first
LEAST_WORTH = 0.08  # what the model finds less likely to be worth checking is not proposed
SOME = 2  # "the two countries" is no figure that moves

_HEADER = """\
# The claims of this article, as proposed: please correct them.
#  - One fact to a claim, in words that stand alone: names instead of "he", a date instead of "yesterday".
#  - Edit a text, split it in two, or delete it. An id may be any short name; keep it once articles were judged.
#  - watch: false keeps a claim without looking for it.
#  - quote, start and end say where the sentence stands in the article; kind, asserted_by, figures and dates, what
#    was read there. They may be left out.
#  - monitor claims check says which claims are vague, double, or cannot be checked.
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact that an article states, worded to stand alone; the article says it in article[start:end]."""

    text: str
    quote: str
    start: int
    end: int
    asserted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim to watch. score: its worth, higher is worthier. figures and dates: with offsets in text."""

    text: str
    quote: str
    start: int
    end: int
    score: float
    kind: ClaimKind
    asserted_by: str | None
    figures: tuple[Figure, ...]
    dates: tuple[StatedDate, ...]


def find_candidates(article: str, lang: str | None, title: str) -> tuple[Candidate, ...]:
    """Find what an article states: its sentences, cut and worded to stand alone where that is safe, in its order.

    Left out: captions, credits, related-story lines, headings, the title, sentences said twice, and what is too
    short or too long to be a claim.
    """
    seen = {_plain(title)}
    found: list[Candidate] = []
    sentences = split_sentences(article, lang)
    for place, sentence in enumerate(sentences):
        plain = _plain(sentence.text)
        if plain not in seen and not _is_note(article, sentence):
            before = [other.text for other in sentences[max(0, place - CONTEXT) : place]]
            after = sentences[place + 1].text if place + 1 < len(sentences) else ""
            found += _facts(sentence, lang, before, after)
        seen.add(plain)
    return tuple(found)


def _facts(sentence: Sentence, lang: str | None, before: Sequence[str], after: str) -> Iterator[Candidate]:
    if hands_on(sentence.text, lang) is not None:
        return
    whole = asserted_by(sentence.text, lang, context=before) or _said_after(after, lang)
    for start, end in split_facts(sentence.text, lang):
        quote = sentence.text[start:end]
        context = [*before, sentence.text[:start]] if start else before
        text = stand_alone(quote, lang, context=context)
        said = asserted_by(quote, lang, context=context) or whole
        yield Candidate(text, quote, sentence.start + start, sentence.start + end, said)


def _said_after(sentence: str, lang: str | None) -> str | None:
    """Name who says what stood before, where a sentence does nothing else: "That is what the ministry reports"."""
    rest = hands_on(sentence, lang)
    return None if rest is None else asserted_by(sentence, lang) or asserted_by(rest, lang)


def rank(
    candidates: Sequence[Candidate],
    vectors: NDArray[np.float32],
    model: WorthModel,
    *,
    lang: str | None,
    published: str | None = None,
    at_most: int = 20,
) -> tuple[Proposal, ...]:
    """Propose the candidates that are worth checking, the worthiest first; ties in the order of the text.

    vectors: one a candidate, of length 1, made from its text. Left out: questions, what says the same as a
    worthier one, and what is hardly worth it. published: the day of the article, as precise as it is known; it
    dates what has no year.
    """
    worth = model.worth(measure([candidate.text for candidate in candidates], lang), vectors)
    last = max((candidate.end for candidate in candidates), default=1)
    scored = [
        (
            float(value)
            + EARLY * (1 - candidate.start / last)
            - OPEN * (points_back(candidate.text, lang) is not None),
            place,
        )
        for place, (candidate, value) in enumerate(zip(candidates, worth, strict=True))
        if value >= LEAST_WORTH and not is_question(candidate.text)
    ]
    kept: list[tuple[float, int]] = []
    for score, place in sorted(scored, key=lambda row: (-row[0], row[1])):
        text = candidates[place].text
        twins = (float(vectors[place] @ vectors[other]) for _, other in kept)
        texts = (candidates[other].text for _, other in kept)
        if not any(
            are_double(text, other, alike, (lang, lang)) for other, alike in zip(texts, twins, strict=True)
        ):
            kept.append((score, place))
    return tuple(_proposal(candidates[place], score, lang, published) for score, place in kept[:at_most])


def _proposal(candidate: Candidate, score: float, lang: str | None, published: str | None) -> Proposal:
    text = candidate.text
    return Proposal(
        text=text,
        quote=candidate.quote,
        start=candidate.start,
        end=candidate.end,
        score=round(score, 3),
        kind=kind_of(text, lang),
        asserted_by=candidate.asserted_by,
        figures=figures(text, lang),
        dates=stated_dates(text, lang, near=published),
    )


def kind_of(text: str, lang: str | None) -> ClaimKind:
    """Tell what a claim is about: that somebody said or denied it, a figure, a plan, an event, or background.

    The first of these that fits: a denial or a refusal to comment; a plan; a figure; a deed, or a word for saying
    where there is none.
    """
    reading = manner_of(text, lang)
    if reading.reports_denial or reading.manner is Manner.NO_COMMENT:
        return ClaimKind.ATTRIBUTION
    if reading.manner is Manner.PLAN:
        return ClaimKind.PLAN
    if any(figure.high > SOME or figure.unit == "share" for figure in figures(text, lang)):
        return ClaimKind.FIGURE
    if hits("deeds", text, lang):
        return ClaimKind.EVENT
    return ClaimKind.ATTRIBUTION if asserted_by(text, lang) else ClaimKind.BACKGROUND


def baseline_yaml(
    title: str, lang: str | None, published: str | None, url: str | None, proposals: Sequence[Proposal]
) -> str:
    """Write the claims file that monitor.config.load_baseline reads, with a word to the person who corrects it.

    published: a year, month or day, as precise as it is known. Claims are numbered C1, C2 … as they come.
    """
    head: dict[str, object] = {"title": " ".join(title.split()) or "Untitled", "language": lang or "en"}
    head |= {key: value for key, value in (("published", published), ("url", url)) if value}
    claims = [_row(number, proposal, lang) for number, proposal in enumerate(proposals, start=1)]
    blocks = [yaml.safe_dump({"baseline": head}, allow_unicode=True, sort_keys=False, width=100), "claims:\n"]
    blocks += [yaml.safe_dump([claim], allow_unicode=True, sort_keys=False, width=100) for claim in claims]
    return _HEADER + "\n" + "\n".join(blocks)


def _row(number: int, proposal: Proposal, lang: str | None) -> dict[str, object]:
    row: dict[str, object] = {
        "id": f"C{number}",
        "text": " ".join(proposal.text.split()),
        "watch": True,
        "kind": proposal.kind.value,
    }
    if proposal.asserted_by:
        row["asserted_by"] = proposal.asserted_by
    if proposal.figures:
        row["figures"] = [_figure_row(proposal.text, figure, lang) for figure in proposal.figures]
    if proposal.dates:
        row["dates"] = [date.day for date in proposal.dates]
    return row | {"start": proposal.start, "end": proposal.end, "quote": proposal.quote}


def _figure_row(text: str, figure: Figure, lang: str | None) -> dict[str, object]:
    row: dict[str, object] = {"text": figure.text, "low": _short(figure.low), "high": _short(figure.high)}
    row |= {"unit": figure.unit} if figure.unit else {}
    return row | {"comparator": comparator(text, figure, lang).value}


def _short(value: float) -> float:
    return int(value) if value.is_integer() else value


def _is_note(article: str, sentence: Sentence) -> bool:
    """Recognise captions, credits, related-story lines, headings and sentences of no usable length.

    A caption may be several sentences, and only its last names the photographer: its whole line goes.
    """
    text = sentence.text
    line_end = article.find("\n", sentence.end)
    line = article[
        article.rfind("\n", 0, sentence.start) + 1 : line_end if line_end >= 0 else len(article)
    ].lower()
    ended = bool(re.search(r"[.!?…。！？؟]['\"”’»)」』\]]*\s*$", text))
    heading = not ended and len(text.split()) < HEADING_WORDS and len(text) < 60
    dense = re.search(r"[\u3040-\u9fff\uac00-\ud7af]{8}", text)
    usable = (len(text) >= MIN_CLAIM_CHARS or dense) and len(text) <= MAX_CLAIM_CHARS
    noted = line if len(line) <= CAPTION_CHARS else text.lower()
    return heading or not usable or any(note in noted for note in _notes())


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


@cache
def _notes() -> tuple[str, ...]:
    return tuple(note.strip() for note in word_tables()["notes"]["any"].split("|") if note.strip())
