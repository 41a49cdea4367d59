"""Reading, figures → Kind: what sort of news a sentence is for a claim."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.claims.figure_moves import MOVED, FigureMove, Relation
from monitor.claims.manner import Reading
from monitor.records import Manner, Stance
from monitor.utterances import Kind

_UNKNOWN = Reading(Manner.STATEMENT)


def kind_of(
    sentence: Reading, move: FigureMove | None, *, claim: Reading = _UNKNOWN, stance: Stance | None = None
) -> Kind:
    """Say what sort of news a sentence is; STATEMENT where nothing tells.

    sentence: how it is put. move: its figure beside that of the claim, as figure_moves.changed pairs them. claim:
    how the claim is put; what confirms a denial is one. stance: what the sentence does to the claim, where that is
    known. It tells whether "had denied" is background or news, and finds what is contradicted without a word of
    denial; without it fewer kinds are found. Of several kinds the first in this order holds.
    """
    found = (*_given_up(sentence, stance), *_left_open(sentence, stance), *_told(sentence, move, claim, stance))
    return next(iter(found), Kind.STATEMENT)


def _given_up(sentence: Reading, stance: Stance | None) -> Iterator[Kind]:
    """Somebody takes back what he said, or owns up to what he denied."""
    if sentence.retracts and stance in (None, Stance.UPDATES):
        yield Kind.RETRACTION
    if sentence.admits and stance in (None, Stance.UPDATES, Stance.CONFIRMS):
        yield Kind.ADMISSION


def _left_open(sentence: Reading, stance: Stance | None) -> Iterator[Kind]:
    """Nobody commits himself."""
    if sentence.manner is Manner.NO_COMMENT and stance in (None, Stance.MENTIONS, Stance.UPDATES):
        yield Kind.NON_DENIAL if sentence.not_denied else Kind.NO_COMMENT
    if sentence.manner is Manner.UNVERIFIED:
        yield Kind.UNVERIFIED
    if stance is Stance.MENTIONS and sentence.hedged:
        yield Kind.HEDGE


def _told(sentence: Reading, move: FigureMove | None, claim: Reading, stance: Stance | None) -> Iterator[Kind]:
    """Something is said to the claim: another figure, what was before, the contrary."""
    denies = sentence.reports_denial or sentence.denies_own
    confirms = claim.manner if stance is Stance.CONFIRMS else None
    if confirms is Manner.PLAN:
        yield Kind.PLAN
    if move is not None and move.relation in MOVED:
        corrects = move.relation is Relation.CORRECTION and stance in (None, Stance.UPDATES)
        yield Kind.CORRECTION if corrects else Kind.OTHER_FIGURE
    # A denial, of the claim or in the sentence, is no longer what holds.
    if stance is Stance.UPDATES and (denies or claim.manner is Manner.DENIAL):
        yield Kind.ADMISSION
    if _is_old(sentence, stance):
        yield Kind.BACKGROUND
    if Manner.DENIAL in (confirms, sentence.manner) and stance is not Stance.UPDATES:
        yield Kind.DENIAL
    if stance is Stance.CONTRADICTS:
        yield Kind.REFUTATION
    if sentence.manner in (Manner.HEDGE, Manner.PLAN):
        yield Kind(sentence.manner)
    if stance is Stance.MENTIONS:
        yield Kind.BACKGROUND


def _is_old(sentence: Reading, stance: Stance | None) -> bool:
    """Say whether a sentence that adds nothing tells of what was before."""
    denial = sentence.manner is Manner.DENIAL
    return (stance is Stance.MENTIONS and denial) or (stance is Stance.CONFIRMS and sentence.recalls)
