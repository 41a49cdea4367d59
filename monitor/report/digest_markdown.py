"""Digest → Markdown, in which foreign text stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.report import wording
from monitor.report.calendar import write_day, write_moment
from monitor.report.digest import ClaimNews, Digest, Item, Section
from monitor.report.printable import safe_text, safe_url

# Signs that CommonMark or GitHub give a meaning anywhere in a line. A colon means something before // and letters.
_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&@$]|:(?=//|[A-Za-z_+-])")
_LINE_STARTS = re.compile(r"^(\d*)([-+=.)])")  # a list, a rule or the underline of a heading
_BARE_ADDRESS = re.compile(r"(?i)\b(www)\.")  # GitHub makes it a link
_ADDRESS_BREAKERS = str.maketrans({"<": "%3C", ">": "%3E", "\\": "%5C"})


def markdown(digest: Digest, *, zone: str) -> str:
    """Write a digest in CommonMark, one blank line between blocks; ends with a line end."""
    return "\n\n".join(_blocks(digest, zone)) + "\n"


def escape(text: str) -> str:
    """Make foreign text safe in any place of a Markdown line: no markup, no HTML, no link comes out of it."""
    marked = _MARKUP.sub(r"\\\g<0>", safe_text(text))
    return _BARE_ADDRESS.sub(r"\1\\.", _LINE_STARTS.sub(r"\1\\\2", marked))


def _blocks(digest: Digest, zone: str) -> Iterator[str]:
    yield f"# {write_day(digest.day)}"
    yield f"**{escape(wording.baseline_words(digest))}**"
    yield escape(wording.summary(digest, zone))
    facts = [wording.period_words(digest, zone), f"Times: {zone}", *wording.counts_words(digest)]
    facts += wording.feeds_words(digest)
    yield escape(" · ".join(facts))
    yield from (f"**{escape(words)}**" for words in wording.absences_words(digest, zone))
    for news in digest.claims:
        yield from _claim(news, zone)
    yield from _silent(digest, zone)
    yield from _failing(digest, zone)
    yield from _silent_feeds(digest, zone)
    if digest.claims:
        yield f"*{escape(wording.SURENESS)}*"


def _claim(news: ClaimNews, zone: str) -> Iterator[str]:
    yield f"## {escape(news.claim_id)} {escape(news.text)}"
    if words := wording.state_words(news):
        yield f"*{escape(words)}*"
    for section in Section:
        if items := news.items(section):
            yield f"### {wording.heading(news, section)}"
            yield from (_item(item, zone) for item in items)


def _item(item: Item, zone: str) -> str:
    who = [f"**{escape(wording.speaker(item))}**"]
    if manner := wording.manner_words(item):
        who.append(manner)
    if item.figure_new is not None:
        who.append(escape(wording.figure_words(item)))
    source = [_link(item.title, item.url), *map(escape, wording.source_words(item, zone))]
    if copies := wording.copies_words(item):
        source.append(escape(copies))
    return f"- {' · '.join(who)}\n\n  > {escape(item.evidence)}\n\n  {' · '.join(source)}"


def _link(text: str, url: str) -> str:
    address = safe_url(url)
    words = escape(text) or "the article"
    return f"[{words}](<{address.translate(_ADDRESS_BREAKERS)}>)" if address else words


def _silent(digest: Digest, zone: str) -> Iterator[str]:
    if not digest.silent:
        return
    yield f"## No news on {wording.claims_words(len(digest.silent))}"
    yield wording.SILENCE
    yield "\n".join(
        f"- {escape(claim.claim_id)} {escape(claim.text)} · {escape(wording.last_heard(claim, zone))}"
        for claim in digest.silent
    )


def _failing(digest: Digest, zone: str) -> Iterator[str]:
    if not digest.failing:
        return
    yield "## Feeds that fail"
    yield "\n".join(
        f"- {_link(feed.name, feed.url)} since {escape(write_moment(feed.since, zone))} "
        f"({wording.tries_words(feed.failures)}): {escape(feed.error)}"
        for feed in digest.failing
    )


def _silent_feeds(digest: Digest, zone: str) -> Iterator[str]:
    if not digest.silent_feeds:
        return
    yield "## Feeds that are silent for longer than ever"
    yield "\n".join(
        f"- {_link(feed.name, feed.url)} {escape(wording.silent_words(feed, zone))}"
        for feed in digest.silent_feeds
    )
