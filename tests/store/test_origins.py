"""Credits and origins: what is kept, what is pending, and how a group of copies changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlite_utils import Database

from monitor.read.origins import HASHES, trace_origins
from monitor.records import ArticleToRead, CopyKind, CopyLink, Credit, Sketch, Version
from monitor.store import Store, open_store
from monitor.store.migrations import migrations
from tests.store.filling import (
    DAM,
    DAY,
    HOUR,
    NOW,
    Found,
    baseline,
    judge,
    known_article,
    page,
    read,
    sentences_of,
)

BY, MODEL = "rules 1, tiny-1", "tiny-1"


@pytest.fixture
def store() -> Iterator[Store]:
    """A new database in memory."""
    with open_store(":memory:") as store:
        yield store


def article(store: Store, number: int, *, text: str = "The dam broke.", embedded: bool = True) -> Version:
    """Read an article that was published a number of hours from now."""
    url = f"https://gazette.example/{number}"
    again = store.addresses.read_at(url)
    known = ArticleToRead(again.id, url, 0) if again else known_article(store, url)
    version = read(store, known, text, f"It is number {number}.", at=NOW + number * HOUR)
    if embedded:
        store.articles.add_vectors(MODEL, {s.text: np.full(4, 0.5, dtype=np.float32) for s in version.sentences})
    return version


def sketched(version: Version, *, days: int = 0) -> Sketch:
    """Make what is kept of a version."""
    numbers = np.arange(HASHES, dtype=np.uint32) + version.id
    return Sketch(version.article_id, NOW + days * DAY, numbers, np.full(4, 0.5, dtype=np.float32))


def put(store: Store, versions: list[Version], *pairs: tuple[Version, Version], days: int = 0) -> dict[int, int]:
    """Store that versions were compared, and which of them are copies; return every article's origin."""
    links = [
        CopyLink(min(a.article_id, b.article_id), max(a.article_id, b.article_id), CopyKind.TEXT, 0.9)
        for a, b in pairs
    ]
    sketches = {version.id: sketched(version, days=days) for version in versions}
    store.origins.add(sketches, links, compared_by=BY, trace=trace_origins)
    return {row["article_id"]: row["origin_id"] for row in store.db.query("SELECT * FROM origins")}


def test_an_older_database_gains_the_tables_and_keeps_its_rows() -> None:
    """A release that finds rows must leave them as they are."""
    db = Database(sqlite3.connect(":memory:"))
    migrations.apply(db, stop_before="m002_add_origins")
    db.execute("INSERT INTO hosts (host, not_before, reason) VALUES ('g.example', '2026-11-22T06:00:00Z', 'busy')")
    migrations.apply(db)
    assert {"credits", "origins", "copies"} <= set(db.table_names())
    assert [row["host"] for row in db.query("SELECT host FROM hosts")] == ["g.example"]


def test_credits_belong_to_a_version(store: Store) -> None:
    """A later version may credit another agency; the words that say so are kept."""
    known = known_article(store, "https://gazette.example/1")
    extract = replace(page("The dam broke."), credits=(Credit("AFP", "(AFP)"), Credit("dpa", "mit dpa")))
    for _ in range(2):
        store.articles.add_version(
            known, extract, lang="en", sentences=sentences_of("The dam broke."), page_url=known.url, now=NOW
        )
    assert [tuple(row.values()) for row in store.db.query("SELECT * FROM credits")] == [
        (1, "AFP", "(AFP)"),
        (1, "dpa", "mit dpa"),
    ]


def test_a_version_is_pending_until_it_was_compared_by_these_rules(store: Store) -> None:
    """It waits for its vectors; other rules, another model or a new version compare again."""
    first, waiting = article(store, 1), article(store, 2, text="No vector yet.", embedded=False)
    assert store.origins.pending(BY, MODEL, limit=9) == [first.id]
    put(store, [first])
    assert store.origins.pending(BY, MODEL, limit=9) == []
    assert store.origins.pending("rules 2, tiny-1", MODEL, limit=9) == [first.id]
    assert store.origins.pending(BY, "tiny-2", limit=9) == []
    second = article(store, 1, text="The dam has broken.")
    assert second.article_id == first.article_id
    assert store.origins.pending(BY, MODEL, limit=9) == [second.id]
    assert waiting.id not in store.origins.pending(BY, MODEL, limit=9)


def test_what_was_compared_is_found_by_its_date(store: Store) -> None:
    """As it was stored, once, though two periods overlap."""
    early, late = article(store, 1), article(store, 2)
    put(store, [early])
    put(store, [late], days=30)
    week = timedelta(days=7)
    (found,) = store.origins.compared(BY, [NOW, NOW + DAY], within=week)
    assert (found.id, found.moment) == (early.article_id, NOW)
    assert np.array_equal(found.hashes, sketched(early).hashes) and np.array_equal(
        found.gist, sketched(early).gist
    )
    both = store.origins.compared(BY, [NOW + 30 * DAY, NOW], within=week)
    assert [one.id for one in both] == [early.article_id, late.article_id]
    assert store.origins.compared("rules 2", [NOW], within=week) == []
    assert store.origins.version_of(early.article_id) == early.id
    assert store.origins.dated(early.article_id).published_at == NOW + HOUR


def test_an_article_that_was_never_read_has_no_dates(store: Store) -> None:
    """A wrong number is a mistake of the caller."""
    with pytest.raises(KeyError):
        store.origins.dated(99)
    with pytest.raises(KeyError):
        store.origins.version_of(99)


def test_the_first_changes_when_an_earlier_copy_comes_later(store: Store) -> None:
    """All that are linked with it move with it."""
    second, third, first = article(store, 2), article(store, 3), article(store, 1)
    assert set(put(store, [second, third], (second, third)).values()) == {second.article_id}
    assert set(put(store, [first], (first, third)).values()) == {first.article_id}


def test_a_new_version_that_is_no_copy_leaves_its_group(store: Store) -> None:
    """And what it alone held together falls apart."""
    one, middle, other = (article(store, number) for number in (1, 2, 3))
    assert len(set(put(store, [one, middle, other], (one, middle), (middle, other)).values())) == 1
    new = article(store, 2, text="Something else.")
    origins = put(store, [new])
    assert origins == {version.article_id: version.article_id for version in (one, middle, other)}
    assert store.count("copies") == 0


def test_a_finding_tells_its_origin_and_credits(store: Store) -> None:
    """The digest counts by them."""
    store.claims.sync(baseline(DAM), now=NOW)
    first, copy = article(store, 1), article(store, 2)
    put(store, [first, copy], (first, copy))
    judge(store, copy, Found(DAM, 0), claim=DAM)
    store.db.execute("INSERT INTO credits VALUES (?, 'AFP', '(AFP)'), (?, 'dpa', 'dpa')", [copy.id, copy.id])
    (found,) = store.findings.current()
    assert (found.origin_id, found.credits) == (first.article_id, ("AFP", "dpa"))
