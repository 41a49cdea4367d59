"""What flows between the steps: frozen values, in the words of the newsroom.

All times are aware and in UTC. An unknown date is None, never today. Offsets count Unicode
code points of the stored text, as Python slices do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.utterances import Kind, Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Stance(StrEnum):
    """What a sentence does to a claim."""

    CONFIRMS = "confirms"
    CONTRADICTS = "contradicts"
    UPDATES = "updates"
    MENTIONS = "mentions"


UNRELATED = "unrelated"  # what a model says besides the stances


class Manner(StrEnum):
    """How the sentence puts it."""

    STATEMENT = "statement"
    DENIAL = "denial"
    NO_COMMENT = "no-comment"
    UNVERIFIED = "unverified"
    HEDGE = "hedge"
    PLAN = "plan"


class ClaimKind(StrEnum):
    """What a claim is about."""

    EVENT = "event"
    FIGURE = "figure"
    ATTRIBUTION = "attribution"
    PLAN = "plan"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class ArticleToRead:
    """An article that is known by its address and not read yet.

    tries: failed ones so far. lang: what the feed that brought it is said to be written in.
    first_seen_at: when a feed first brought it; None: not known.
    """

    id: int
    url: str
    tries: int
    lang: str | None = None
    first_seen_at: datetime | None = None

    @property
    def asked(self) -> str:
        """Where it is asked, as of a feed."""
        return self.url


@dataclass(frozen=True, slots=True)
class Credit:
    """An agency that an article says its text comes from. words: what says so, as it stands on the page."""

    agency: str
    words: str


@dataclass(frozen=True, slots=True)
class Extract:
    """What one page says: the article without its surroundings.

    author, site, the dates and the addresses (absolute, as they stand) are None where the page names none.
    amp_url: its twin for phones. credits: the agencies it says its text comes from. trouble: what is missing from
    the text, if anything is.
    """

    title: str
    text: str
    author: str | None
    site: str | None
    published_at: datetime | None
    modified_at: datetime | None
    canonical_url: str | None
    credits: tuple[Credit, ...] = ()
    trouble: str | None = None
    amp_url: str | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """An address that leads to an article, cleaned.

    sure: the server led there, or it is plainly a twin. Otherwise only the page says so, and before a feed's entry
    is taken for the article its headline must agree.
    """

    url: str
    sure: bool


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article that was read, in its newest version. url: where it was first found."""

    id: int
    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it stands: text == article.text[start:end]."""

    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version of an article, ready to be judged.

    day: its best known date, if one can be believed. outlet: who printed it; "" where nothing tells.
    """

    id: int
    article_id: int
    url: str
    title: str
    lang: str | None
    day: datetime | None
    text: str
    sentences: tuple[Sentence, ...]
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact of the baseline that is watched. watch: False keeps it without looking for it.

    day: the first on which its baseline may have been published, if any is known; it tells no two claims apart.
    """

    id: str
    text: str
    lang: str
    watch: bool = True
    day: date | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The article everything is compared with. published: as precise as it is known, '2024-10' or a day."""

    title: str
    lang: str
    published: str | None
    url: str | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class ClaimRevision:
    """A claim in one wording, as the store numbers it. A new wording is a new revision."""

    id: int
    claim: Claim


@dataclass(frozen=True, slots=True)
class Pair:
    """What a model is asked: premise, the news sentence; hypothesis, the claim.

    context: the sentence before it, or "", for models that can use it.
    """

    premise: str
    hypothesis: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class PairScores:
    """A model's answer to a Pair: probabilities that sum to 1.

    stances: the model's own probability for each stance and for UNRELATED, where it has such an
    output; empty otherwise.
    """

    entails: float
    neutral: float
    contradicts: float
    stances: Mapping[str, float] = field(default_factory=dict)


class Comparator(StrEnum):
    """How firmly a figure is put. UP_TO and NEARLY stay at or below the number, AT_LEAST and MORE_THAN above."""

    EXACTLY = "exactly"
    AT_LEAST = "at least"
    MORE_THAN = "more than"
    ABOUT = "about"
    UP_TO = "up to"
    NEARLY = "nearly"
    FEWER_THAN = "fewer than"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which count of a thing a figure gives; None where its sentence does not say.

    state: what became of what is counted, or is to: dead, wounded, missing, delivered, promised, capacity …
    period: total, more (an addition), event (one attack), per day, this year, since 2022 …
    place, as_of: as written; as_of is a day, perhaps without its year.
    """

    state: str | None = None
    period: str | None = None
    place: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text. low == high unless it is a range; unit: what is counted, as written, or None.

    counted: the same in any language, as things.yaml names it ("containers"), or None. claimant: who gives the
    figure, as written, where that was asked and somebody is named.
    """

    low: float
    high: float
    unit: str | None
    start: int
    end: int
    text: str
    comparator: Comparator = Comparator.EXACTLY
    counted: str | None = None
    scope: Scope = Scope()
    claimant: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim, one stance, one sentence that says so.

    start, end: offsets of evidence in the stored version's text. figure_old, figure_new: as written
    in the claim and in the evidence, where a figure decided. score: in [0, 1]. rules: the names of
    the rules that decided, in order. kind, utterance, about: None in findings of before these were kept. about:
    probability that the sentence is about this claim and no other; rival: another claim it may be about, if any.
    """

    claim_id: str
    stance: Stance
    manner: Manner
    sentence: int
    start: int
    end: int
    evidence: str
    asserted_by: str | None
    figure_old: str | None
    figure_new: str | None
    score: float
    similarity: float
    scores: PairScores
    rules: tuple[str, ...]
    kind: Kind | None = None
    utterance: Utterance | None = None
    about: float | None = None
    rival: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding with where it was found, as reports and queries read it.

    origin_id: the article that was first of those that copied each other; None if it was not compared yet.
    credits: the agencies that the article names as where its text comes from.
    """

    id: int
    finding: Finding
    claim_text: str
    article_id: int
    url: str
    outlet: str
    title: str
    lang: str | None
    published_at: datetime | None
    found_at: datetime
    model: str
    rules_version: str
    origin_id: int | None = None
    credits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepCount:
    """What one step did in one round. seconds: how long it took; None where nobody measured."""

    step: str
    done: int
    failed: int
    note: str = ""
    seconds: float | None = None


class CopyKind(StrEnum):
    """How one article was found to be a copy of another."""

    TEXT = "text"
    RETOLD = "retold"


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What is kept of an article to find those it may be a copy of.

    moment: when it was published, else first seen. hashes: uint32, the MinHash of its shingles.
    gist: (d,), float32, the direction of its sentence vectors together; empty if there are none.
    """

    id: int
    moment: datetime
    hashes: NDArray[np.uint32]
    gist: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CopyLink:
    """Two articles of which one copies the other, or both a third: first < second.

    share: how much of the shorter one stands in the longer, in [0, 1].
    """

    first: int
    second: int
    kind: CopyKind
    share: float


@dataclass(frozen=True, slots=True)
class Dated:
    """An article and its dates, which say who was first. published_at is None where it is unknown."""

    id: int
    published_at: datetime | None
    first_seen_at: datetime
