"""Digest → lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from monitor.report import wording
from monitor.report.calendar import write_day, write_moment
from monitor.report.digest import ClaimNews, Digest, Item, Section
from monitor.report.printable import safe_text, safe_url, wrap

MIN_WIDTH, MAX_WIDTH = 40, 100  # narrower breaks every address, wider tires the eye


class Role(StrEnum):
    """What a line is, for whoever colours it."""

    TITLE = "title"
    LEAD = "lead"
    HEADING = "heading"
    CONFIRMATIONS = "confirmations"
    CONTRADICTIONS = "contradictions"
    FIGURES = "figures"
    UPDATES = "updates"
    MENTIONS = "mentions"
    SPEAKER = "speaker"
    EVIDENCE = "evidence"
    SOURCE = "source"
    PLAIN = "plain"


class Line(NamedTuple):
    """One line, without its end."""

    text: str
    role: Role


def text_lines(digest: Digest, *, zone: str, width: int) -> Iterator[Line]:
    """Set a digest in lines of at most `width` cells, from 40 to 100; only addresses may be longer."""
    width = max(MIN_WIDTH, min(width, MAX_WIDTH))
    yield from _head(digest, zone, width)
    for news in digest.claims:
        yield from _claim(news, zone, width)
    yield from _silent(digest, zone, width)
    yield from _failing(digest, zone, width)
    yield from _silent_feeds(digest, zone, width)
    if digest.claims:
        yield Line("", Role.PLAIN)
        yield from _set(wording.SURENESS, width, role=Role.SOURCE)


def _head(digest: Digest, zone: str, width: int) -> Iterator[Line]:
    yield Line("═" * width, Role.TITLE)
    yield from _set(write_day(digest.day), width, role=Role.TITLE)
    yield from _set(wording.baseline_words(digest), width, role=Role.TITLE)
    yield Line("═" * width, Role.TITLE)
    yield from _set(wording.summary(digest, zone), width, role=Role.LEAD)
    yield from _set(f"{wording.period_words(digest, zone)}. Times: {zone}.", width, role=Role.SOURCE)
    counts = [*wording.counts_words(digest), *wording.feeds_words(digest)]
    yield from _set(" · ".join(counts), width, role=Role.SOURCE)
    for words in wording.absences_words(digest, zone):
        yield from _set(words, width, role=Role.LEAD)


def _claim(news: ClaimNews, zone: str, width: int) -> Iterator[Line]:
    yield from _heading(f"{news.claim_id} · {news.text}", width)
    yield from _set(wording.state_words(news), width, role=Role.LEAD)
    for section in Section:
        items = news.items(section)
        if not items:
            continue
        yield Line("", Role.PLAIN)
        yield from _set(wording.heading(news, section), width, indent=2, role=Role(section.value))
        for item in items:
            yield from _mention(item, zone, width) if section is Section.MENTIONS else _item(item, zone, width)


def _item(item: Item, zone: str, width: int) -> Iterator[Line]:
    yield Line("", Role.PLAIN)
    if item.figure_new is not None:
        yield from _set(wording.figure_words(item), width, indent=4, role=Role.FIGURES)
    manner = wording.manner_words(item)
    yield from _set(wording.speaker(item) + (f" · {manner}" if manner else ""), width, indent=4, role=Role.SPEAKER)
    yield from _set(f"“{safe_text(item.evidence)}”", width, indent=4, role=Role.EVIDENCE)
    yield from _set(" · ".join(wording.source_words(item, zone)), width, indent=6, role=Role.SOURCE)
    yield from _set(item.title, width, indent=6, role=Role.SOURCE)
    yield from _address(item.url)
    yield from _set(wording.copies_words(item), width, indent=6, role=Role.SOURCE)


def _mention(item: Item, zone: str, width: int) -> Iterator[Line]:
    """A mention takes no side: who and where is enough here, the other formats hold the sentence."""
    where = " · ".join(wording.source_words(item, zone)[:2])
    copies = f" ({words})" if (words := wording.copies_words(item)) else ""
    yield from _set(f"{where}: {item.title}{copies}", width, indent=4, role=Role.SOURCE)


def _silent(digest: Digest, zone: str, width: int) -> Iterator[Line]:
    if not digest.silent:
        return
    yield from _heading(f"No news on {wording.claims_words(len(digest.silent))}", width)
    yield from _set(wording.SILENCE, width, role=Role.SOURCE)
    for claim in digest.silent:
        yield from _set(f"{claim.claim_id} · {claim.text}", width, indent=2)
        yield from _set(wording.last_heard(claim, zone), width, indent=6, role=Role.SOURCE)


def _failing(digest: Digest, zone: str, width: int) -> Iterator[Line]:
    if not digest.failing:
        return
    yield from _heading("Feeds that fail", width)
    for feed in digest.failing:
        since = write_moment(feed.since, zone)
        yield from _set(f"{feed.name}: since {since} ({wording.tries_words(feed.failures)})", width, indent=2)
        yield from _set(feed.error, width, indent=6, role=Role.SOURCE)
        yield from _address(feed.url)


def _silent_feeds(digest: Digest, zone: str, width: int) -> Iterator[Line]:
    if not digest.silent_feeds:
        return
    yield from _heading("Feeds that are silent for longer than ever", width)
    for feed in digest.silent_feeds:
        yield from _set(f"{feed.name}: {wording.silent_words(feed, zone)}", width, indent=2)
        yield from _address(feed.url)


def _heading(text: str, width: int) -> Iterator[Line]:
    yield Line("", Role.PLAIN)
    yield Line("─" * width, Role.HEADING)
    yield from _set(text, width, role=Role.HEADING)


def _set(text: str, width: int, *, indent: int = 0, role: Role = Role.PLAIN) -> Iterator[Line]:
    for line in wrap(safe_text(text), width - indent):
        yield Line(" " * indent + line, role)


def _address(url: str) -> Iterator[Line]:
    """Put an address on a line of its own and never break it: a broken one cannot be clicked."""
    if safe := safe_url(url):
        yield Line(" " * 6 + safe, Role.SOURCE)
