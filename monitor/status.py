"""The store → Status: count how things stand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from monitor.report.listing import Status
from monitor.report.printable import shown_feed, shown_silent
from monitor.store import Store

DAYS = timedelta(days=6)  # with this day, a week


def status_of(store: Store, *, now: datetime, polls_since: date | None = None) -> Status:
    """Count how things stand. polls_since: the first day whose polls count; by default six days ago."""
    file_bytes, log_bytes = store.health.bytes()
    return Status(
        articles=store.articles.states(),
        findings=store.count("current_findings"),
        feeds=store.feeds.listed(),
        failing=list(map(shown_feed, store.feeds.failing())),
        silent=list(map(shown_silent, store.feeds.silent())),
        rounds=store.rounds.last(),
        next_due=store.feeds.next_due(),
        last_digest=store.digests.last_day(),
        polls=store.health.polls(since=polls_since or (now - DAYS).date()),
        waiting=store.health.waiting_since(now=now),
        file_bytes=file_bytes,
        log_bytes=log_bytes,
        network_away_since=store.absences.network_away_since(),
    )
