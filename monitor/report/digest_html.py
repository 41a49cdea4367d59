"""Digest → one HTML page that needs nothing else."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.report import terms, wording
from monitor.report.calendar import write_date, write_day, write_moment
from monitor.report.digest import ClaimNews, Digest, Section
from monitor.report.printable import safe_text, safe_url


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a claim's bar. start, width: percent of the bar; kind: confirms, contradicts or updates."""

    kind: str
    words: str
    start: float
    width: float


def html(digest: Digest, *, zone: str) -> str:
    """Write a digest as a page: no script, no address to load from, and a policy that forbids both."""
    return (
        _environment()
        .get_template("digest.html")
        .render(digest=digest, zone=zone, style_hash=_style_hash(), Section=Section, words=wording, terms=terms)
        .lstrip()
    )


def segments(news: ClaimNews) -> list[Segment]:
    """Divide a claim's bar by what its items do to it; mentions take no side and no room.

    Kinds without an item are left out.
    """
    kinds: dict[str, tuple[Section, ...]] = {
        "confirms": (Section.CONFIRMATIONS,),
        "contradicts": (Section.CONTRADICTIONS,),
        "updates": (Section.FIGURES, Section.UPDATES),
    }
    numbers = {section: len(news.items(section)) for sections in kinds.values() for section in sections}
    total = sum(numbers.values())
    parts: list[Segment] = []
    start = 0.0
    for kind, sections in kinds.items():
        words = [wording.count_words(section, numbers[section]) for section in sections if numbers[section]]
        if words:
            width = 100 * sum(numbers[section] for section in sections) / total
            parts.append(Segment(kind, ", ".join(words), start, width))
            start += width
    return parts


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.report"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        day=write_day, moment=write_moment, date=write_date, web=safe_url, segments=segments
    )
    return environment


def _style_hash() -> str:
    """Name the one style sheet that the page's policy allows."""
    style = _environment().get_template("digest.css").render()
    return b64encode(sha256(style.encode()).digest()).decode()


def _finalize(value: object) -> object:
    """Make every text printable on its way into the page, so that no place in the template can forget it."""
    return safe_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
