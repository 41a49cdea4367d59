"""What a finding keeps of its sentence: what sort of news it is, who says it through whom, how, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What sort of news a sentence is for a claim; the words of the labelled stories.

    DENIAL: somebody concerned says it is not so. REFUTATION: somebody else shows it, or tells it otherwise.
    NON_DENIAL: "did not deny". BACKGROUND: something that was known before, told again. CORRECTION (no word of the
    labels, which call it other-figure): a lower figure for a count that only grows.
    """

    STATEMENT = "statement"
    DENIAL = "denial"
    REFUTATION = "refutation"
    OTHER_FIGURE = "other-figure"
    CORRECTION = "correction"
    ADMISSION = "admission"
    RETRACTION = "retraction"
    HEDGE = "hedge"
    UNVERIFIED = "unverified"
    PLAN = "plan"
    BACKGROUND = "background"
    NO_COMMENT = "no-comment"
    NON_DENIAL = "non-denial"


class AsserterKind(StrEnum):
    """What kind of asserter it is. A named person is a person, whomever they speak for; a ministry's nameless
    spokesman is the ministry."""

    PERSON = "person"
    STATE_BODY = "state body"
    COMPANY = "company"
    MEDIUM = "medium"
    UNNAMED_SOURCE = "unnamed source"
    ORGANISATION = "organisation"


class How(StrEnum):
    """What an asserter does to what the sentence is about. declines: to say either way, or to say anything. acts:
    as a court that sentences, and says nothing."""

    SAYS = "says"
    REPORTS = "reports"
    CONFIRMS = "confirms"
    DENIES = "denies"
    DISMISSES = "dismisses"
    DOUBTS = "doubts"
    PLANS = "plans"
    DECLINES = "declines"
    ACTS = "acts"


class Firmness(StrEnum):
    """How sure the sentence is. conditional: hearsay, by a mood or word that keeps a distance (aurait, якобы)."""

    FACT = "fact"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNVERIFIED = "unverified"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Asserter:
    """One link of a chain. name: as written, with role words."""

    name: str
    kind: AsserterKind


def asserter_kind(chain: Sequence[Asserter], firmness: Firmness) -> AsserterKind | None:
    """Tell the kind of who says it; None for the voice of who prints it.

    Hearsay in a mood that keeps a distance has a source, whom nobody names.
    """
    if chain:
        return chain[-1].kind
    return AsserterKind.UNNAMED_SOURCE if firmness is Firmness.CONDITIONAL else None


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was read of a sentence besides what it says.

    chain: who passes it on, the outermost first, and the speaker last where there is one, also where it stays open
    who "he" is; "" for a subject that is left out. earliest, day: the first and the last day on which it may have
    been said, by the words of the sentence if `dated`, else that of the article; None where neither tells, or the
    dates of the article contradict each other.
    """

    chain: tuple[Asserter, ...]
    how: How
    firmness: Firmness
    earliest: date | None
    day: date | None
    dated: bool

    @property
    def speaker(self) -> Asserter | None:
        """The speaker, as written; None where the sentence has none."""
        return self.chain[-1] if self.chain else None

    def through(self) -> str:
        """Name who passes on what the speaker says, the nearest first; empty where nobody does."""
        return ", ".join(link.name for link in reversed(self.chain[:-1]))
