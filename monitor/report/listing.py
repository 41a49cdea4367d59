"""Findings, Status, Hits → what `monitor findings`, `status` and `search` print: text, JSON or CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.feed_records import FailingFeed, SilentFeed
from monitor.records import StepCount, StoredFinding
from monitor.report.calendar import write_date, write_day, write_moment
from monitor.report.printable import json_text, safe_text, safe_url, utc_text, wrap
from monitor.report.terms import language_name, sureness, who_says
from monitor.report.wording import silent_words

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

COLUMNS = (
    "id", "claim", "stance", "manner", "kind", "asserted_by", "through", "said_on", "evidence", "figure_old",
    "figure_new", "score", "outlet", "title", "lang", "published_at", "found_at", "url", "model", "rules_version",
)  # fmt: skip

# What a spreadsheet takes for a formula at the start of a cell, full-width forms included
# (https://owasp.org/www-community/attacks/CSV_Injection). A headline can be one: =HYPERLINK(…).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# Where the reader's country parts cells by semicolons, text behind one begins a cell of its own, quoted or not.
_LATER_CELL = re.compile(r"""(;[\s"']*)(?=[=+\-@＝＋－＠])""")
LONG_LOG_BYTES = 100_000_000  # SQLite folds it every 4 MB, unless somebody reads without an end

STATES = {
    "pending": "waiting to be read",
    "read": "read",
    "failed": "given up",
    "same": "another address of a known article",
}


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand.

    articles: how many in each state. findings: those that stand. feeds: those in the config.
    rounds: the last of each step. next_due: when the next feed is due; None without feeds.
    polls: of this day and the six before, by outcome. waiting: since when the oldest pending row of a step waits.
    file_bytes, log_bytes: of the database and its write-ahead log. silent: feeds that bring nothing for longer
    than they ever did. network_away_since: None while it is there.
    """

    articles: Mapping[str, int]
    findings: int
    feeds: int
    failing: Sequence[FailingFeed]
    rounds: Sequence[tuple[StepCount, datetime]]
    next_due: datetime | None
    last_digest: date | None
    polls: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, datetime] = field(default_factory=dict)
    file_bytes: int = 0
    log_bytes: int = 0
    silent: Sequence[SilentFeed] = ()
    network_away_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that holds the words searched for."""

    url: str
    outlet: str
    title: str
    lang: str | None
    published_at: datetime | None
    read_at: datetime
    excerpt: str


def hits(rows: Iterable[Mapping[str, str | None]]) -> list[Hit]:
    """Read what the store's search returns; moments are as stored, '2026-11-22T06:04:20Z'."""
    return [
        Hit(
            url=row["url"] or "",
            outlet=row["outlet"] or "",
            title=row["title"] or "",
            lang=row["lang"],
            published_at=datetime.fromisoformat(row["published_at"]) if row["published_at"] else None,
            read_at=datetime.fromisoformat(row["read_at"] or ""),
            excerpt=row["excerpt"] or "",
        )
        for row in rows
    ]


def findings_json(findings: Sequence[StoredFinding]) -> str:
    """Write findings as a JSON array, every field verbatim, times in UTC."""
    return json_text([_finding_fields(found) for found in findings])


def findings_csv(findings: Sequence[StoredFinding]) -> str:
    """Write findings as CSV (RFC 4180, UTF-8) with a head line, times in UTC.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front, and control characters
    are left out; whoever needs the words exactly takes the JSON.
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for found in findings:
        fields = _finding_fields(found)
        table.writerow([_cell(fields[column]) for column in COLUMNS])
    return out.getvalue()


def findings_text(findings: Sequence[StoredFinding], *, zone: str, width: int = 80) -> str:
    """Set findings as blocks of lines, in the given order, then the wording of their claims.

    width: cells that a line takes at most; only addresses may be longer.
    """
    if not findings:
        return "No findings. Ask with fewer conditions; or see how far it is: monitor status.\n"
    blocks = ["\n".join(_finding_lines(found, zone, width)) for found in findings]
    wordings = {found.finding.claim_id: found.claim_text for found in findings}
    legend = [line for claim, text in sorted(wordings.items()) for line in _set(f"{claim}: {text}", width)]
    number = f"{len(findings)} finding{'s' * (len(findings) != 1)}. Times: {zone}."
    return "\n\n".join([*blocks, "\n".join(legend), number]) + "\n"


def status_text(status: Status, *, zone: str, width: int = 80) -> str:
    """Say how things stand, the reader's zone for times."""
    return "\n".join(_status_lines(status, zone, width)) + "\n"


def status_json(status: Status) -> str:
    """Write a status as a JSON object, times in UTC."""
    return json_text(
        {
            "articles": {state: status.articles.get(state, 0) for state in STATES},
            "findings": status.findings,
            "feeds": status.feeds,
            "failing_feeds": [
                {
                    "name": f.name,
                    "url": f.url,
                    "since": utc_text(f.since),
                    "failures": f.failures,
                    "error": f.error,
                }
                for f in status.failing
            ],
            "silent_feeds": [{"name": f.name, "url": f.url, "since": utc_text(f.since)} for f in status.silent],
            "last_rounds": [
                {
                    "step": c.step,
                    "at": utc_text(at),
                    "done": c.done,
                    "failed": c.failed,
                    "note": c.note,
                    "seconds": c.seconds,
                }
                for c, at in status.rounds
            ],
            "next_feed_due": utc_text(status.next_due),
            "last_digest": status.last_digest.isoformat() if status.last_digest else None,
            "polls_of_seven_days": dict(status.polls),
            "share_not_modified": share_not_modified(status.polls),
            "oldest_pending": {step: utc_text(since) for step, since in status.waiting.items()},
            "database_bytes": status.file_bytes,
            "write_ahead_log_bytes": status.log_bytes,
            "network_away_since": utc_text(status.network_away_since),
        }
    )


def search_text(found: Sequence[Hit], *, zone: str, width: int = 80) -> str:
    """Set the articles found as blocks of lines, in the given order; only addresses may be longer."""
    if not found:
        return "No article holds all these words.\n"
    return "\n\n".join("\n".join(_hit_lines(hit, zone, width)) for hit in found) + "\n"


def search_json(found: Sequence[Hit]) -> str:
    """Write the articles found as a JSON array, times in UTC."""
    return json_text(
        [
            {
                "url": hit.url,
                "outlet": hit.outlet,
                "title": hit.title,
                "lang": hit.lang,
                "published_at": utc_text(hit.published_at),
                "read_at": utc_text(hit.read_at),
                "excerpt": hit.excerpt,
            }
            for hit in found
        ]
    )


def _finding_fields(found: StoredFinding) -> dict[str, Json]:
    said, scores = found.finding, found.finding.scores
    how = said.utterance
    return {
        "id": found.id,
        "claim": said.claim_id,
        "claim_text": found.claim_text,
        "stance": said.stance.value,
        "manner": said.manner.value,
        "kind": said.kind.value if said.kind else None,
        "asserted_by": said.asserted_by,
        "through": (how.through() or None) if how else None,
        "chain": [{"name": link.name, "kind": link.kind.value} for link in how.chain] if how else None,
        "how": how.how.value if how else None,
        "firmness": how.firmness.value if how else None,
        "said_from": how.earliest.isoformat() if how and how.earliest else None,
        "said_on": how.day.isoformat() if how and how.day else None,
        "dated": how.dated if how else None,
        "evidence": said.evidence,
        "sentence": said.sentence,
        "start": said.start,
        "end": said.end,
        "figure_old": said.figure_old,
        "figure_new": said.figure_new,
        "score": round(said.score, 4),
        "similarity": round(said.similarity, 4),
        "scores": {"entails": scores.entails, "neutral": scores.neutral, "contradicts": scores.contradicts},
        "stances": dict(scores.stances),
        "about": None if said.about is None else round(said.about, 4),
        "rival": said.rival,
        "rules": list(said.rules),
        "article": found.article_id,
        "url": found.url,
        "outlet": found.outlet,
        "title": found.title,
        "lang": found.lang,
        "published_at": utc_text(found.published_at),
        "found_at": utc_text(found.found_at),
        "model": found.model,
        "rules_version": found.rules_version,
    }


def _cell(value: Json) -> str:
    """Write a value so that a spreadsheet shows it and never runs it."""
    text = "" if value is None else _LATER_CELL.sub(r"\1'", safe_text(str(value)))
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _finding_lines(found: StoredFinding, zone: str, width: int) -> Iterator[str]:
    said = found.finding
    kind = said.kind or said.manner
    manner = "" if kind.value == "statement" else f" ({kind})"
    head = f"{said.claim_id} {said.stance.upper()}{manner} · {sureness(said.score)} · finding {found.id}"
    yield from _set(head, width)
    if said.figure_new is not None:
        yield from _set(f"{said.figure_old or '?'} → {said.figure_new}", width, indent=2)
    yield from _set(f"{who_says(said.asserted_by, found.outlet, said.utterance)}:", width, indent=2)
    yield from _set(f"“{said.evidence}”", width, indent=2)
    source = (found.outlet, write_date(found.published_at, zone), language_name(found.lang))
    yield from _set(" · ".join(source), width, indent=2)
    yield from _address(found.url)


def _hit_lines(hit: Hit, zone: str, width: int) -> Iterator[str]:
    yield from _set(hit.title, width)
    source = (hit.outlet, write_date(hit.published_at, zone), language_name(hit.lang))
    yield from _set(" · ".join(source), width, indent=2)
    yield from _set(hit.excerpt, width, indent=2)
    yield from _address(hit.url)


def _status_lines(status: Status, zone: str, width: int) -> Iterator[str]:
    yield f"Articles: {sum(status.articles.values())}"
    for state, words in STATES.items():
        if status.articles.get(state):
            yield f"  {status.articles[state]:>7} {words}"
    yield f"Findings that stand: {status.findings}"
    due = f"; the next is due {write_moment(status.next_due, zone)}" if status.next_due else ""
    yield from _set(f"Feeds: {status.feeds}, {len(status.failing)} of them failing{due}", width)
    for feed in status.failing:
        since = write_moment(feed.since, zone)
        yield from _set(f"{feed.name}: since {since} ({feed.failures}×): {feed.error}", width, indent=2)
        yield from _address(feed.url, indent=4)
    for silent in status.silent:
        yield from _set(f"{silent.name}: {silent_words(silent, zone)}", width, indent=2)
        yield from _address(silent.url, indent=4)
    yield "Last rounds:" if status.rounds else "Last rounds: none yet. Begin with: monitor run --once"
    for count, at in status.rounds:
        note = f", {count.note}" if count.note else ""
        took = "" if count.seconds is None else f" in {count.seconds:.1f} s"
        words = f"{count.step}: {count.done} done, {count.failed} failed{note}{took} · {write_moment(at, zone)}"
        yield from _set(words, width, indent=2)
        if count.step in status.waiting:
            since = write_moment(status.waiting[count.step], zone)
            yield from _set(f"the oldest that waits for it: since {since}", width, indent=4)
    if status.polls:
        outcomes = ", ".join(f"{outcome} {n}" for outcome, n in status.polls.items())
        yield from _set(f"Polls of seven days: {sum(status.polls.values())} ({outcomes})", width)
    yield f"Last digest: {write_day(status.last_digest) if status.last_digest else 'none yet'}"
    if status.network_away_since:
        yield from _set(
            f"The network seems to be away since {write_moment(status.network_away_since, zone)}.", width
        )
    if status.file_bytes:
        log_too = f", and {_megabytes(status.log_bytes)} not folded in yet" if status.log_bytes else ""
        yield f"Database: {_megabytes(status.file_bytes)}{log_too}"
    if status.log_bytes > LONG_LOG_BYTES:
        yield from _set(
            "Another program keeps the database open: end it, and what is not folded in will be.", width
        )


def share_not_modified(polls: Mapping[str, int]) -> float | None:
    """Return what share of the polls, by outcome, the servers answered with 304; None without polls."""
    total = sum(polls.values())
    return round(polls.get("not modified", 0) / total, 3) if total else None


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _set(text: str, width: int, *, indent: int = 0) -> Iterator[str]:
    return (" " * indent + line for line in wrap(safe_text(text), width - indent))


def _address(url: str, *, indent: int = 2) -> Iterator[str]:
    """Yield an address whole, so that it can be clicked; not if it is none."""
    safe = safe_url(url)
    if safe:
        yield " " * indent + safe
