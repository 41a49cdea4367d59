"""Feeds, found ones and how polling goes → what `monitor feeds` prints: text or JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rich.cells import cell_len, set_cell_size

from monitor.collect.discover import FoundFeed
from monitor.collect.schedule import is_silent
from monitor.collect.urls import host_of
from monitor.config import FeedSettings
from monitor.feed_records import FeedDetails
from monitor.masking import shown_address
from monitor.report.calendar import write_date, write_moment
from monitor.report.printable import json_text, safe_text, utc_text, wrap
from monitor.report.terms import language_name

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_GAP = "  "
_NARROWEST_NAME = 12  # cells


class FeedState(StrEnum):
    """How polling a feed goes. The order is that of the list: what a person should look at stands last."""

    OK = "ok"
    NEW = "new"
    PAUSED = "paused"
    SILENT = "silent"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Check:
    """A feed as `feeds check` shows it. paused_until: the end of a pause that its host asked for, if one holds."""

    details: FeedDetails
    state: FeedState
    paused_until: datetime | None


def check_feeds(details: Sequence[FeedDetails], pauses: Mapping[str, datetime]) -> list[Check]:
    """Say how polling goes, by state, then in the given order. pauses: by host, those that hold now."""
    checks = [Check(one, feed_state(one), pauses.get(host_of(one.address or one.url))) for one in details]
    return sorted(checks, key=lambda check: list(FeedState).index(check.state))


def feed_state(feed: FeedDetails) -> FeedState:
    """Say how polling a feed goes, in one word: what a person did goes before what its server does."""
    silent = is_silent(
        last_news_at=feed.last_news_at, last_good_at=feed.last_good_at, longest=feed.longest_silence
    )
    holds = (
        (FeedState.PAUSED, feed.paused),
        (FeedState.GONE, feed.gone_at is not None),
        (FeedState.FAILING, feed.failures > 0),
        (FeedState.NEW, feed.last_good_at is None),
        (FeedState.SILENT, silent),
    )
    return next((state for state, is_so in holds if is_so), FeedState.OK)


def found_text(found: Sequence[FoundFeed], known: Mapping[str, str], *, zone: str, width: int = 80) -> str:
    """Number the feeds that were found. known: the name in the list, by address, of those that stand there."""
    lines: list[str] = []
    margin = len(str(len(found))) + 2
    for number, feed in enumerate(found, start=1):
        title, *more = _set(feed.title or host_of(feed.url), width - margin - 2) or [""]
        lines.append(f"{number:>{margin}}{_GAP}{title}")
        newest = f"newest {write_date(feed.newest, zone)}" if feed.newest else "no dates"
        facts = [feed.kind.value, _plural(feed.entries, "entry", "entries"), newest]
        facts += [language_name(feed.lang)] if feed.lang else []
        facts += [f"in the list already, as {known[feed.url]}"] if feed.url in known else []
        more += [*_set(" · ".join(facts), width - margin - 2), safe_text(feed.url)]
        lines += [" " * (margin + 2) + line for line in more]
    return "\n".join(lines) + "\n"


def list_text(feeds: Sequence[FeedSettings], *, width: int = 80) -> str:
    """List feeds by folder: name, language, address. Where a line is too short, addresses get one of their own."""
    names = [safe_text(feed.name) + " (paused)" * feed.paused for feed in feeds]
    addresses = [safe_text(shown_address(feed.url)) for feed in feeds]
    column = max(map(cell_len, names), default=0)
    in_a_row = all(column + 2 * len(_GAP) + 3 + cell_len(address) <= width for address in addresses)
    column = column if in_a_row else min(column, width - len(_GAP) - 3)
    lines: list[str] = []
    folders = list(dict.fromkeys(sorted((feed.folder or "" for feed in feeds), key=bool)))
    for folder in folders:
        lines += [*([""] if lines else []), *_set(" / ".join(folder.split("/")), width)]
        for feed, name, address in zip(feeds, names, addresses, strict=True):
            if (feed.folder or "") == folder:
                head = f"{_cell(name, column)}{_GAP}{feed.lang or '':3}"
                lines += [f"{head}{_GAP}{address}"] if in_a_row else [head.rstrip(), f"{_GAP}{address}"]
    paused = sum(feed.paused for feed in feeds)
    lines += ["", f"{_plural(len(feeds), 'feed')}{f', {paused} of them paused' if paused else ''}."]
    return "\n".join(lines) + "\n"


def list_json(feeds: Sequence[FeedSettings]) -> str:
    """Write the list as a JSON array."""
    return json_text(
        [
            {
                "name": feed.name,
                "url": shown_address(feed.url),
                "lang": feed.lang,
                "folder": feed.folder,
                "paused": feed.paused,
            }
            for feed in feeds
        ]
    )


def check_text(checks: Sequence[Check], *, now: datetime, zone: str, width: int = 80) -> str:
    """Set a line for each feed, and below it what a person should know of one that has trouble."""
    if not checks:
        return "No feed is followed yet. Begin with: monitor run --once\n"
    table: list[tuple[str, ...]] = [("feed", "state", "last good", "a week", "next poll", "asks for")]
    table += [_cells(check, now) for check in checks]
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(table[0]))]
    widths[0] = max(_NARROWEST_NAME, min(widths[0], width - sum(widths[1:]) - len(_GAP) * (len(widths) - 1)))
    lines = [_row(table[0], widths)]
    for check, row in zip(checks, table[1:], strict=True):
        lines.append(_row(row, widths))
        lines += [f"{_GAP}{line}" for note in _notes(check, zone) for line in _set(note, width - len(_GAP))]
    counts = Counter(check.state for check in checks)
    states = ", ".join(f"{counts[state]} {state.value}" for state in FeedState if counts[state])
    lines += ["", *_set(f"{_plural(len(checks), 'feed')}: {states}. Times: {zone}.", width)]
    return "\n".join(lines) + "\n"


def check_json(checks: Sequence[Check]) -> str:
    """Write how polling goes as a JSON array, times in UTC, durations in seconds."""
    return json_text([_check_fields(check) for check in checks])


def _check_fields(check: Check) -> dict[str, str | int | bool | None]:
    feed = check.details
    return {
        "name": feed.name,
        "url": shown_address(feed.url),
        "state": check.state.value,
        "asked_at": shown_address(feed.address) if feed.address else None,
        "lang": feed.lang,
        "last_good_at": utc_text(feed.last_good_at),
        "last_news_at": utc_text(feed.last_news_at),
        "entries_7d": feed.entries_7d,
        "entries_28d": feed.entries_28d,
        "failures": feed.failures,
        "failing_since": utc_text(feed.failing_since),
        "last_error": feed.last_error,
        "gone_at": utc_text(feed.gone_at),
        "next_check_at": None if check.state in _NEVER_ASKED else utc_text(feed.next_check_at),
        "every_s": _seconds(feed.every),
        "wish_s": _seconds(feed.wish),
        "longest_silence_s": _seconds(feed.longest_silence),
        "host_paused_until": utc_text(check.paused_until),
    }


_NEVER_ASKED = (FeedState.PAUSED, FeedState.GONE)


def _cells(check: Check, now: datetime) -> tuple[str, ...]:
    feed = check.details
    good = f"{_span(now - feed.last_good_at)} ago" if feed.last_good_at else "never"
    due = max(feed.next_check_at, check.paused_until or feed.next_check_at)
    wait = "now" if due <= now else f"in {_span(due - now)}"
    wish = _span(feed.wish) if feed.wish else ""
    asks = "a pause" if check.paused_until else wish
    due_words = "never" if check.state in _NEVER_ASKED else wait
    return safe_text(feed.name), check.state.value, good, str(feed.entries_7d), due_words, asks


def _notes(check: Check, zone: str) -> Iterator[str]:
    """Yield what a person should know of a feed that is not simply well."""
    feed = check.details
    if check.state is FeedState.GONE and feed.gone_at:
        yield f"gone for good, its server said on {write_moment(feed.gone_at, zone)}. Resume or remove it."
    if check.state is FeedState.FAILING and feed.failing_since:
        yield f"failing since {write_moment(feed.failing_since, zone)} ({feed.failures}×): {feed.last_error}"
    if check.state is FeedState.SILENT and feed.last_news_at and feed.last_good_at:
        longest = f"; it never was for longer than {_span(feed.longest_silence)}" if feed.longest_silence else ""
        yield f"silent for {_span(feed.last_good_at - feed.last_news_at)}, though it answers{longest}"
    if check.state in _NEVER_ASKED:
        return
    if not feed.failures and feed.last_error:
        yield f"read with trouble: {feed.last_error}"
    if check.paused_until:
        yield f"its host asked for a pause until {write_moment(check.paused_until, zone)}"
    if feed.address and feed.address != feed.url:
        yield f"moved for good, now asked at {shown_address(feed.address)}"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Align cells: numbers (the fourth) to the right, all else to the left."""
    texts = [_cell(cell, width) for cell, width in zip(cells, widths, strict=True)]
    texts[3] = f"{cells[3]:>{widths[3]}}"
    return _GAP.join(texts).rstrip()


def _cell(text: str, width: int) -> str:
    """Fit text into so many cells of the terminal; what is cut off shows as …, wide signs take two."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _span(span: timedelta) -> str:
    """Write a duration in its largest unit, '12 min', '3 h', '2 days'."""
    if span < _HOUR:
        return f"{max(1, span // _MINUTE)} min"
    return f"{span // _HOUR} h" if span < 2 * _DAY else f"{span // _DAY} days"


def _plural(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _set(text: str, width: int) -> list[str]:
    return wrap(safe_text(text), width)


def _seconds(span: timedelta | None) -> int | None:
    return int(span.total_seconds()) if span is not None else None
