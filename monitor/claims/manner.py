"""Sentence → Reading: how firmly it is put: stated, denied, left open, hedged or planned."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.claims.cues import Cues, cues_for
from monitor.records import Manner

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a sentence puts it, and by which words.

    cues: the words that decided, verbatim, in the order of the sentence.
    reports_denial: somebody denies. denies_own: something is dismissed as false or made up.
    negated: a fact is negated outright ("nobody was hurt"). not_denied: "did not deny" and the like.
    admits: somebody owns up, so that a denial in the sentence is a former one. retracts: somebody takes back what
    he said himself. recalls: the sentence speaks of what was before ("had denied", "in March").
    hedged, planned: the words are there, also where another manner decides.
    """

    manner: Manner
    cues: tuple[str, ...] = ()
    reports_denial: bool = False
    denies_own: bool = False
    negated: bool = False
    not_denied: bool = False
    admits: bool = False
    retracts: bool = False
    recalls: bool = False
    hedged: bool = False
    planned: bool = False


def manner_of(sentence: str, lang: str | None) -> Reading:
    """Read how a sentence puts what it says.

    lang: two letters; None: the script decides, where it can. Without cues for the language: a statement.
    Several manners in one sentence are settled in this order:

    1. "did not deny", "cannot be denied" and former denials of somebody who now admits are set aside first;
    2. a denial or dismissal that is left wins: somebody's denial stands, whatever else is said;
    3. then no comment ("did not deny" with it), then "could not be verified";
    4. then an outright negation ("not a single one was hurt"), which counts as a denial;
    5. then a hedge, and last a plan: what may be planned is not even planned.
    """
    cues = cues_for(sentence, lang)
    if cues is None:
        return Reading(Manner.STATEMENT)
    found = _found(sentence, cues)
    manner, deciding = _decide(found)
    return Reading(
        manner,
        cues=tuple(sentence[s:e] for s, e in sorted(set(deciding))),
        reports_denial=bool(found["denies"]),
        denies_own=bool(found["dismisses"]),
        negated=bool(found["negates"]),
        not_denied=bool(found["not_denied"]),
        admits=bool(found["admits"]),
        retracts=bool(found["retracts"]),
        recalls=bool(found["recalls"] or found["former"]),
        hedged=bool(found["hedge"]),
        planned=bool(found["plan"]),
    )


def _found(sentence: str, cues: Cues) -> dict[str, list[Span]]:
    found = {kind: [m.span() for m in pattern.finditer(sentence)] for kind, pattern in cues.manner.items()}
    aside = found["not_denied"] + found["undeniable"]
    if found["admits"]:
        aside += found["former"] + found["admits"]
    for kind in ("denies", "dismisses"):
        found[kind] = _outside(found[kind], aside)
    open_ended = found["no_comment"] + found["unverified"]
    # Who now admits may well use "no longer" and "not": the admission is what counts.
    found["negates"] = [] if found["admits"] else _outside(found["negates"], aside + open_ended)
    return found


def _decide(found: dict[str, list[Span]]) -> tuple[Manner, list[Span]]:
    ordered = (
        (Manner.DENIAL, found["denies"] + found["dismisses"]),
        (Manner.NO_COMMENT, found["not_denied"] + found["no_comment"]),
        (Manner.UNVERIFIED, found["unverified"]),
        (Manner.DENIAL, found["negates"]),
        (Manner.HEDGE, [] if found["admits"] else found["hedge"]),
        (Manner.PLAN, found["plan"]),
    )
    return next(((manner, spans) for manner, spans in ordered if spans), (Manner.STATEMENT, []))


def _outside(spans: list[Span], masks: list[Span]) -> list[Span]:
    return [(s, e) for s, e in spans if not any(s < mask_end and mask_start < e for mask_start, mask_end in masks)]
