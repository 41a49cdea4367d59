"""Findings on a claim → its state: who stands behind it, who denies it, how its figure moved, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from monitor.claims.asserters import personal_name, roles
from monitor.claims.cues import cues_for
from monitor.claims.figure_moves import FigureText, Relation, changed
from monitor.claims.people import Name, same_person
from monitor.claims.quantities import figures
from monitor.read.origins import independent
from monitor.records import Finding, Manner, Stance, StoredFinding
from monitor.utterances import How, Kind

OFFICE_WORDS = 2  # of an office alone: "the spokesman"
INDEPENDENT = 2  # sources that must agree before a claim counts as confirmed and not just as reported
LIKELY = 0.5  # a reading that is likelier wrong than right is shown, but never says how a claim stands


class Standing(StrEnum):
    """How a claim stands, from the weakest to what overrules all others."""

    OPEN = "open"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    FIGURE_MOVED = "figure moved"
    DISPUTED = "disputed"
    ADMITTED = "admitted"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Event:
    """What one finding says happened. day: of the utterance, else of the article, None where neither is known.

    dated: the sentence itself names the day. sources: names of what it comes from (its origin, its publisher, the
    agencies it credits); two events that share one are not independent. kind: what sort of news it is. figure,
    corrects: the new one, and the one of the claim that it corrects, as written, where there are such. anybody: an
    office alone ("the spokesman"), and no two of those are known to be one. acts: a deed of the actor's is told,
    who says nothing and so owns up to nothing. score: how likely the finding is right, in [0, 1].
    """

    finding_id: int
    stance: Stance
    manner: Manner
    day: date | None
    dated: bool
    actor: str | None
    lang: str | None
    sources: tuple[str, ...]
    figure: str | None
    kind: Kind
    evidence: str
    corrects: str | None = None
    anybody: bool = False
    acts: bool = False
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Denial:
    """Somebody denies, once or again. words: of the first time, verbatim. day: of the first utterance, if known.

    repeats: findings that report it again, as news or as background. closed_by: the finding in which the same
    actor owns up, or None. kind: DENIAL, or another account by somebody it does not concern.
    """

    actor: str | None
    words: str
    day: date | None
    finding_id: int
    repeats: tuple[int, ...]
    closed_by: int | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class FigurePoint:
    """A figure as it was given on a day. figure: as written. corrects: the one before it in a count that only
    grows, of which it is less; None where it corrects none."""

    figure: str
    day: date
    actor: str | None
    finding_id: int
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimState:
    """How a claim stands and what that rests on.

    since: the day of the utterance that made it so, None where no dated one did. confirmed_by: how many
    independent sources confirm. actors: who confirms by name, in the order they spoke. rests_on: numbers of
    findings, ascending.
    """

    standing: Standing
    since: date | None
    confirmed_by: int
    actors: tuple[str, ...]
    denials: tuple[Denial, ...]
    figures: tuple[FigurePoint, ...]
    rests_on: tuple[int, ...]


def event_of(stored: StoredFinding, *, sources: tuple[str, ...]) -> Event:
    """Take from a finding what happened, and when it was said.

    A finding of before utterances were kept counts as a statement of no known day, until it is judged again.
    """
    finding, utterance = stored.finding, stored.finding.utterance
    return Event(
        finding_id=stored.id,
        stance=finding.stance,
        manner=finding.manner,
        day=utterance.day if utterance else None,
        dated=utterance is not None and utterance.dated,
        actor=finding.asserted_by,
        anybody=_is_anybody(finding, stored.lang),
        acts=utterance is not None and utterance.how is How.ACTS,
        lang=stored.lang,
        sources=sources,
        figure=finding.figure_new,
        kind=finding.kind or Kind.STATEMENT,
        evidence=finding.evidence,
        corrects=finding.figure_old if finding.kind is Kind.CORRECTION else None,
        score=finding.score,
    )


def _is_anybody(finding: Finding, lang: str | None) -> bool:
    """Tell "the spokesman", who may be another one in each article, from somebody who can own up later."""
    name, cues = finding.asserted_by, cues_for(finding.evidence, lang)
    if name is None or cues is None or len(name.split()) > OFFICE_WORDS:
        return False
    return bool(roles(name, cues)) and not personal_name(name, cues)


def state_of(events: Iterable[Event], *, aliases: Mapping[str, Name] | None = None) -> ClaimState:
    """Decide how a claim stands. The order in which the events are given changes nothing.

    An event without a day supports what is there, and never moves a figure or closes a denial by itself. One that
    is not LIKELY counts for nothing.
    """
    ordered = sorted((event for event in events if event.score >= LIKELY), key=_when)
    confirming = [e for e in ordered if e.stance is Stance.CONFIRMS]
    denials = _denials(ordered, aliases or {})
    figures = _figures(ordered)
    standing, grounds = _standing(ordered, confirming, denials, figures)
    days = [e.day for e in ordered if e.finding_id in grounds[:1] and e.day]
    return ClaimState(
        standing=standing,
        since=days[0] if days else None,
        confirmed_by=independent(e.sources for e in confirming),
        actors=tuple(dict.fromkeys(e.actor for e in confirming if e.actor)),
        denials=denials,
        figures=figures,
        rests_on=tuple(sorted(grounds)),
    )


def _standing(
    ordered: Sequence[Event],
    confirming: Sequence[Event],
    denials: Sequence[Denial],
    figures: Sequence[FigurePoint],
) -> tuple[Standing, Sequence[int]]:
    """Return the strongest standing, and the findings it rests on, the one that made it so first."""
    withdrawn = [e.finding_id for e in ordered if e.kind is Kind.RETRACTION and e.day]
    admitted = [(d.closed_by, d.finding_id) for d in denials if d.closed_by is not None]
    standing_denials = [d for d in denials if d.closed_by is None]
    support = [e.finding_id for e in confirming]
    if withdrawn:
        return Standing.RETRACTED, withdrawn
    if admitted and not standing_denials:
        return Standing.ADMITTED, [number for pair in admitted for number in pair]
    if standing_denials:
        against = [number for d in standing_denials for number in (d.finding_id, *d.repeats)]
        return Standing.DISPUTED, [*against, *support]
    if figures:
        return Standing.FIGURE_MOVED, [figures[-1].finding_id, *(p.finding_id for p in figures[:-1]), *support]
    second = _second_source(confirming)
    if second is not None:
        return Standing.CONFIRMED, [second, *(number for number in support if number != second)]
    return (Standing.REPORTED, support) if support else (Standing.OPEN, [])


def _second_source(confirming: Sequence[Event]) -> int | None:
    """Return the finding with which as many as INDEPENDENT sources confirm; None while they are fewer."""
    for at, event in enumerate(confirming):
        if independent(e.sources for e in confirming[: at + 1]) >= INDEPENDENT:
            return event.finding_id
    return None


def _denials(ordered: Sequence[Event], aliases: Mapping[str, Name]) -> tuple[Denial, ...]:
    """Put what one actor denies into one denial, however often it is repeated, and close it where they own up."""
    groups: list[list[Event]] = []
    for event in ordered:
        if event.stance is not Stance.CONTRADICTS:
            continue
        for group in groups:
            copied = group[0].evidence == event.evidence and group[0].actor == event.actor
            if copied or _same_actor(group[0], event, aliases):
                group.append(event)
                break
        else:
            groups.append([event])
    return tuple(_denial(group, ordered, aliases) for group in groups)


def _denial(group: Sequence[Event], ordered: Sequence[Event], aliases: Mapping[str, Name]) -> Denial:
    first, *again = group
    last = max((e.day for e in group if e.day), default=None)
    owns_up = next(
        (
            e.finding_id
            for e in ordered
            if e.stance in (Stance.CONFIRMS, Stance.UPDATES)
            and e.manner is not Manner.DENIAL
            and not e.acts
            and e.day
            and last
            and e.day > last
            and _same_actor(first, e, aliases)
        ),
        None,
    )
    return Denial(
        actor=first.actor,
        words=first.evidence,
        day=first.day,
        finding_id=first.finding_id,
        repeats=tuple(e.finding_id for e in again),
        closed_by=owns_up,
        kind=first.kind,
    )


def _same_actor(one: Event, other: Event, aliases: Mapping[str, Name]) -> bool:
    if not one.actor or not other.actor or one.anybody or other.anybody:
        return False
    same_words = one.actor.casefold() == other.actor.casefold()
    return same_words or same_person(one.actor, other.actor, langs=(one.lang, other.lang), aliases=aliases)


def _figures(ordered: Sequence[Event]) -> tuple[FigurePoint, ...]:
    """List the figures in the order they were given; the same one again is no move."""
    points: list[FigurePoint] = []
    before: Event | None = None
    for event in ordered:
        if event.stance is Stance.UPDATES and event.figure and event.day:
            if before and before.figure == event.figure:
                continue
            corrects = _corrected(before, event) if before else event.corrects
            points.append(FigurePoint(event.figure, event.day, event.actor, event.finding_id, corrects))
            before = event
    return tuple(points)


def _corrected(before: Event, event: Event) -> str | None:
    """Return the figure of the event before where the new one, of the same count, is a correction of it."""
    move = changed(_figure_text(before), _figure_text(event))
    return before.figure if move and move.relation is Relation.CORRECTION else None


def _figure_text(event: Event) -> FigureText:
    found = figures(event.evidence, event.lang)
    return FigureText(event.evidence, event.lang, tuple(f for f in found if f.text == event.figure), event.day)


def _when(event: Event) -> tuple[date, bool, str, tuple[str, ...], int]:
    """Order by day, undated last; the rest only makes the order the same each time."""
    return (event.day or date.max, not event.dated, event.evidence, event.sources, event.finding_id)
