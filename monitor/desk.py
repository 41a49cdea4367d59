"""The store → Digest: put together what a reader is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from monitor.claims.people import aliases_by_name
from monitor.collect.outage import Absence, AbsenceCause, is_stop, is_worth_telling
from monitor.config import Settings
from monitor.errors import ConfigError, StoreError
from monitor.judge.state import Event, event_of, state_of
from monitor.report.calendar import day_bounds, digest_due, local_day
from monitor.report.digest import NO_FAMILIES, Digest, build_digest, from_json, source_of, to_json
from monitor.store import Store

NOT_READ = {"pending": "articles waiting", "failed": "articles given up"}  # said in the head of a digest


def is_digest_due(store: Store, settings: Settings, *, now: datetime) -> bool:
    """Tell whether the reader's clock has passed the hour of a digest that is not stored yet."""
    reader = settings.reader
    return digest_due(last_day=store.digests.last_day(), now=now, zone=reader.time_zone, at=reader.digest_at)


def write_digest(store: Store, settings: Settings, *, now: datetime) -> Digest:
    """Write and store the digest of the reader's day: all that is new since the digest of an earlier day.

    Written again on the same day, it is the same digest, grown.
    """
    day = local_day(now, settings.reader.time_zone)
    since = store.digests.until_before(day)
    digest = make_digest(
        store, day=day, since=since, until=now, families=settings.families, aliases=settings.aliases
    )
    store.digests.put(day, since=digest.since, until=digest.until, body=to_json(digest))
    return digest


def preview_digest(store: Store, settings: Settings, *, now: datetime) -> Digest:
    """Make the digest of what is new since the last stored one, without storing it."""
    day = local_day(now, settings.reader.time_zone)
    last = store.digests.last_day()
    period = store.digests.period(last) if last else None
    since = period[1] if period else None
    return make_digest(
        store, day=day, since=since, until=now, families=settings.families, aliases=settings.aliases
    )


def digest_of_day(store: Store, settings: Settings, day: date, *, now: datetime) -> Digest:
    """Return the digest of a day as it was shown; for a day without one, what was found on that day.

    Raises ConfigError for a day that is still to come.
    """
    body = store.digests.body(day)
    if body is not None:
        return from_json(body)
    start, end = day_bounds(day, settings.reader.time_zone)
    if start > now:
        raise ConfigError(f"{day}: that day is still to come. Choose an earlier one.")
    return make_digest(
        store, day=day, since=start, until=min(end, now), families=settings.families, aliases=settings.aliases
    )


def make_digest(
    store: Store,
    *,
    day: date,
    since: datetime | None,
    until: datetime,
    families: Mapping[str, str] = NO_FAMILIES,
    aliases: Sequence[Sequence[str]] = (),
) -> Digest:
    """Put together what was found in (since, until]. Raises StoreError before the first round.

    families: domain → the publisher it belongs to. aliases: names that a person wrote down to be one person's.
    """
    baseline = store.claims.baseline()
    if baseline is None:
        raise StoreError("The database has no claims yet. Do a round first: monitor run --once")
    states = store.articles.states()
    waiting = {words: states[state] for state, words in NOT_READ.items() if state in states}
    news = store.findings.found_between(since, until)
    names = aliases_by_name(aliases)
    return build_digest(
        day=day,
        since=since,
        until=until,
        baseline=baseline,
        news=news,
        last_found=store.findings.last_found(until=until),
        failing=store.feeds.failing(),
        silent_feeds=store.feeds.silent(),
        counts={"articles read": store.articles.read_between(since, until)} | waiting,
        families=families,
        states={
            claim: state_of(_events(store, claim, families, until=until), aliases=names)
            for claim in {found.finding.claim_id for found in news}
        },
        absences=_absences(store, since, until),
    )


def _absences(store: Store, since: datetime | None, until: datetime) -> list[Absence]:
    """Tell when nobody watched in (since, until]; an absence that still goes on ends with it."""
    known = store.absences.between(since, until)
    away, last = store.absences.network_away_since(), store.rounds.last_end()
    if away is not None and is_worth_telling(away, until):
        known.append(Absence(away, until, AbsenceCause.NETWORK))
    if last is not None and is_stop(last, until):
        known.append(Absence(last, until, AbsenceCause.STOPPED))
    return known


def _events(store: Store, claim: str, families: Mapping[str, str], *, until: datetime) -> list[Event]:
    """Read what happened to a claim from all that was found on it, up to a moment."""
    found = (one for one in store.findings.current(claim=claim) if one.found_at <= until)
    return [event_of(one, sources=source_of(one, families)) for one in found]
