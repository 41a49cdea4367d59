"""Findings → Digest: what a person should know today, claim by claim."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from monitor.collect.outage import Absence
from monitor.errors import StoreError
from monitor.feed_records import FailingFeed, SilentFeed
from monitor.judge.state import ClaimState
from monitor.read.credits import agency_of_site
from monitor.read.families import family_of
from monitor.read.origins import independent
from monitor.records import Baseline, Claim, Manner, Stance, StoredFinding
from monitor.report.printable import shown_feed, shown_silent
from monitor.utterances import Kind, Utterance

NO_FAMILIES: Mapping[str, str] = MappingProxyType({})
NO_STATES: Mapping[str, ClaimState] = MappingProxyType({})


class Section(StrEnum):
    """What findings on a claim are sorted into, in the order they are shown."""

    CONFIRMATIONS = "confirmations"
    CONTRADICTIONS = "contradictions"
    FIGURES = "figures"
    UPDATES = "updates"
    MENTIONS = "mentions"


_SECTIONS = {
    Stance.CONFIRMS: Section.CONFIRMATIONS,
    Stance.CONTRADICTS: Section.CONTRADICTIONS,
    Stance.UPDATES: Section.UPDATES,
    Stance.MENTIONS: Section.MENTIONS,
}


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article that carries the same sentence, or copies the article it stands in."""

    outlet: str
    title: str
    url: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence that is new, and who says it where.

    evidence: word for word. asserted_by is None where no pattern tells. figure_old, figure_new: as written.
    score: in [0, 1]. copies: articles with the same sentence, or that copy this one, oldest first.
    kind, utterance: None in digests of before these were kept. beside: who says it together with asserted_by.
    """

    finding_id: int
    stance: Stance
    manner: Manner
    evidence: str
    asserted_by: str | None
    figure_old: str | None
    figure_new: str | None
    score: float
    outlet: str
    title: str
    url: str
    lang: str | None
    published_at: datetime | None
    copies: tuple[Copy, ...] = ()
    kind: Kind | None = None
    utterance: Utterance | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimNews:
    """What is new on one claim. Each section is sorted by article date, undated articles last.

    confirmed_by: how many independent sources its confirmations come from; None where it was not counted.
    state: how the claim stands by all that was ever found on it; None in digests of before there were states.
    """

    claim_id: str
    text: str
    lang: str
    confirmations: tuple[Item, ...] = ()
    contradictions: tuple[Item, ...] = ()
    figures: tuple[Item, ...] = ()
    updates: tuple[Item, ...] = ()
    mentions: tuple[Item, ...] = ()
    confirmed_by: int | None = None
    state: ClaimState | None = None

    def items(self, section: Section) -> tuple[Item, ...]:
        """Return the items of one section."""
        return {
            Section.CONFIRMATIONS: self.confirmations,
            Section.CONTRADICTIONS: self.contradictions,
            Section.FIGURES: self.figures,
            Section.UPDATES: self.updates,
            Section.MENTIONS: self.mentions,
        }[section]


@dataclass(frozen=True, slots=True)
class SilentClaim:
    """A watched claim without news. last_found_at is None if nothing was ever found on it."""

    claim_id: str
    text: str
    lang: str
    last_found_at: datetime | None


@dataclass(frozen=True, slots=True)
class Count:
    """A number for the head of the digest, such as 61 'articles read'."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Digest:
    """One day's digest: everything a renderer needs, and all that is stored of it.

    day: the reader's date. It covers (since, until]; since is None for the first. baseline_published: as precise
    as it is known, '2024-10' or a day. claims: those with news, and silent: the others that are watched, both in
    the order of the claims file. failing, silent_feeds: feeds that a person should look at, longest first.
    absences: when nobody watched. format: the version of this shape in JSON.
    """

    day: date
    since: datetime | None
    until: datetime
    baseline_title: str
    baseline_lang: str
    baseline_published: str | None
    counts: tuple[Count, ...]
    claims: tuple[ClaimNews, ...]
    silent: tuple[SilentClaim, ...]
    failing: tuple[FailingFeed, ...]
    silent_feeds: tuple[SilentFeed, ...] = ()
    absences: tuple[Absence, ...] = ()
    format: Literal[1] = 1


def build_digest(
    *,
    day: date,
    since: datetime | None,
    until: datetime,
    baseline: Baseline,
    news: Sequence[StoredFinding],
    last_found: Mapping[str, datetime],
    failing: Sequence[FailingFeed],
    counts: Mapping[str, int],
    silent_feeds: Sequence[SilentFeed] = (),
    families: Mapping[str, str] = NO_FAMILIES,
    states: Mapping[str, ClaimState] = NO_STATES,
    absences: Sequence[Absence] = (),
) -> Digest:
    """Sort what is new by claim, fold copies, and name the silent claims and the failing and silent feeds.

    news: the findings of (since, until], in any order; those on claims that the baseline no longer lists are left
    out. last_found: claim id → when something was last found on it. counts: what to show in the head, in their
    order, such as {"articles read": 61, "findings": 9}. families: domain → the publisher it belongs to.
    states: claim id → how it stands. absences: when nobody watched, oldest first.
    """
    by_claim: dict[str, list[StoredFinding]] = {}
    for found in news:
        by_claim.setdefault(found.finding.claim_id, []).append(found)
    return Digest(
        day=day,
        since=since,
        until=until,
        baseline_title=baseline.title,
        baseline_lang=baseline.lang,
        baseline_published=baseline.published,
        counts=tuple(Count(name, number) for name, number in counts.items()),
        claims=tuple(
            _claim_news(c, by_claim[c.id], families, states.get(c.id)) for c in baseline.claims if c.id in by_claim
        ),
        silent=tuple(
            SilentClaim(c.id, c.text, c.lang, last_found.get(c.id))
            for c in baseline.claims
            if c.watch and c.id not in by_claim
        ),
        failing=tuple(map(shown_feed, sorted(failing, key=lambda feed: (feed.since, feed.url)))),
        silent_feeds=tuple(map(shown_silent, sorted(silent_feeds, key=lambda feed: (feed.since, feed.url)))),
        absences=tuple(absences),
    )


def totals(digest: Digest) -> dict[Section, int]:
    """Count the items of each section over all claims, copies not counted; empty sections are left out."""
    sums = {section: sum(len(news.items(section)) for news in digest.claims) for section in Section}
    return {section: number for section, number in sums.items() if number}


def to_json(digest: Digest) -> str:
    """Write a digest as it is stored; `from_json` gives back the same."""
    return _adapter().dump_json(digest, indent=2).decode()


def from_json(body: str) -> Digest:
    """Read a stored digest. Raises StoreError if it is none, or of another version's shape."""
    try:
        return _adapter().validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise StoreError(
            f"The stored digest cannot be read ({where}: {first['msg']}). Remove its row from the table digests; "
            "the next digest of that day is written anew."
        ) from None


@cache
def _adapter() -> TypeAdapter[Digest]:
    return TypeAdapter(Digest)


def _claim_news(
    claim: Claim, found: Iterable[StoredFinding], families: Mapping[str, str], state: ClaimState | None
) -> ClaimNews:
    by_section: dict[Section, list[StoredFinding]] = {section: [] for section in Section}
    for one in sorted(found, key=_by_age):
        by_section[_section(one)].append(one)
    items = {
        section.value: tuple(_item(same) for same in _fold(section_found))
        for section, section_found in by_section.items()
    }
    confirming = by_section[Section.CONFIRMATIONS]
    by = independent(source_of(one, families) for one in confirming) if confirming else None
    return ClaimNews(claim.id, claim.text, claim.lang, **items, confirmed_by=by, state=state)


def _fold(found: Sequence[StoredFinding]) -> list[list[StoredFinding]]:
    """Put the sentences of one section together that are copies, the oldest first.

    found: oldest first. The same wording is one sentence, wherever it stands. What else an article says that
    copies another goes under what that one says first; another figure is no copy.
    """
    groups: dict[object, list[StoredFinding]] = {}
    told: dict[object, tuple[int, list[StoredFinding]]] = {}
    for one in found:
        wording = _wording(one.finding.evidence)
        origin = (one.origin_id or f"article {one.article_id}", one.finding.figure_new)
        article, group = told.get(origin, (one.article_id, []))
        if wording not in groups and article != one.article_id:
            group.append(one)
            continue
        groups.setdefault(wording, []).append(one)
        told.setdefault(origin, (one.article_id, groups[wording]))
    return list(groups.values())


def source_of(found: StoredFinding, families: Mapping[str, str]) -> tuple[str, ...]:
    """Name what a finding comes from: two that share a name are not independent.

    The article that was first; the agencies it credits; the publisher, or the agency whose own site it is.
    """
    family = family_of(found.url, families)
    origin = f"origin {found.origin_id or found.article_id}"
    return origin, *(f"from {name}" for name in (*found.credits, agency_of_site(family) or family))


def _by_age(found: StoredFinding) -> tuple[bool, datetime, int]:
    return found.published_at is None, found.published_at or found.found_at, found.id


def _section(found: StoredFinding) -> Section:
    if found.finding.stance is Stance.UPDATES and found.finding.figure_new is not None:
        return Section.FIGURES
    return _SECTIONS[found.finding.stance]


def _wording(text: str) -> str:
    """Reduce a sentence to what stays the same when it is copied: not case, spacing, quotation marks or dashes.

    Punctuation becomes a space and does not vanish: 1.5 and 15 are different figures.
    """
    kinds = {"P": " ", "Z": " ", "C": " "}
    plain = unicodedata.normalize("NFKC", text).casefold()
    marks = ((unicodedata.category(c), c) for c in plain)
    return " ".join("".join("-" if kind == "Pd" else kinds.get(kind[0], c) for kind, c in marks).split())


def _item(same: Sequence[StoredFinding]) -> Item:
    first = same[0]
    # One row for each article: a lead that is repeated further down is no second source.
    others = {one.article_id: one for one in same if one.article_id != first.article_id}
    finding = first.finding
    here = [one.finding for one in same if one.article_id == first.article_id]
    said = [one.asserted_by for one in here if one.sentence == finding.sentence and one.asserted_by]
    return Item(
        finding_id=first.id,
        stance=finding.stance,
        manner=finding.manner,
        evidence=finding.evidence,
        asserted_by=finding.asserted_by,
        figure_old=finding.figure_old,
        figure_new=finding.figure_new,
        score=finding.score,
        outlet=first.outlet,
        title=first.title,
        url=first.url,
        lang=first.lang,
        published_at=first.published_at,
        copies=tuple(Copy(one.outlet, one.title, one.url, one.published_at) for one in others.values()),
        kind=finding.kind,
        utterance=finding.utterance,
        beside=tuple(name for name in dict.fromkeys(said) if name != finding.asserted_by),
    )
