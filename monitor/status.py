"""The store → Status: count how things stand."""

from __future__ import annotations

from monitor.report.listing import Status
from monitor.store import Store


def status_of(store: Store) -> Status:
    """Count how things stand."""
    return Status(
        articles=store.articles.states(),
        findings=store.count("current_findings"),
        feeds=store.feeds.listed(),
        failing=store.feeds.failing(),
        rounds=store.rounds.last(),
        next_due=store.feeds.next_due(),
        last_digest=store.digests.last_day(),
    )
