"""Who was first, and how many sources that leaves: the same answer, whatever comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.read.copies import Body
from monitor.read.origins import (
    WITHIN,
    candidates,
    find_copies,
    grouped,
    independent,
    sketch,
    trace_origins,
)
from monitor.records import CopyKind, CopyLink, Dated, Sketch
from tests.read.test_copies import ARTICLES

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BASES = [text for _, text in ARTICLES[:3]]


def variant(base: int, edit: int) -> str:
    """Cut or extend one of three texts."""
    text = BASES[base]
    return (text, text[: len(text) * 2 // 3], f"{text} And so it goes on, for all to see.", text[40:])[edit]


articles = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.none() | st.integers(0, 20), st.integers(0, 20)),
    min_size=1,
    max_size=9,
)


@settings(deadline=None, max_examples=60)
@given(articles, st.randoms(use_true_random=False), st.integers(1, 4))
def test_origins_do_not_depend_on_the_order_of_arrival(
    drawn: list[tuple[int, int, int | None, int]], random: object, at_once: int
) -> None:
    """Read one by one, in any order, or all at once: the same articles give the same origins."""
    bodies = {n: Body(n, "en", variant(base, edit), []) for n, (base, edit, _, _) in enumerate(drawn)}
    dated = {
        n: Dated(n, None if day is None else NOW + day * DAY, NOW + seen * DAY)
        for n, (_, _, day, seen) in enumerate(drawn)
    }
    sketches = [sketch(bodies[n], moment=one.published_at or one.first_seen_at) for n, one in dated.items()]
    together = trace_origins(dated.values(), find_copies(sketches, [], body_of=bodies.__getitem__))
    shuffled = list(sketches)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own Random
    links: list[CopyLink] = []
    for start in range(0, len(shuffled), at_once):
        new, known = shuffled[start : start + at_once], shuffled[:start]
        links += find_copies(new, known, body_of=bodies.__getitem__)
    arrived = [dated[one.id] for one in shuffled]
    assert trace_origins(arrived, reversed(links)) == together


def link(a: int, b: int) -> CopyLink:
    """Say that two articles are copies."""
    return CopyLink(min(a, b), max(a, b), CopyKind.TEXT, 1.0)


def test_ten_copies_have_one_origin() -> None:
    """Copies of copies too."""
    dated = [Dated(n, NOW + n * HOUR, NOW) for n in range(10)]
    assert set(trace_origins(dated, [link(n, n + 1) for n in range(9)]).values()) == {0}
    assert trace_origins(dated, []) == {n: n for n in range(10)}


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [
        ((NOW - DAY, NOW), (NOW, NOW - HOUR), 1),
        ((NOW, NOW), (NOW, NOW - HOUR), 2),
        ((None, NOW), (NOW - HOUR, NOW), 2),
        ((None, NOW - DAY), (NOW, NOW), 1),
        ((None, NOW), (None, NOW), 1),
    ],
)
def test_first_is_who_published_first_then_who_was_seen_first(
    one: tuple[datetime | None, datetime], other: tuple[datetime | None, datetime], first: int
) -> None:
    """Where no date is known, the moment it was seen stands for it."""
    assert trace_origins([Dated(1, *one), Dated(2, *other)], [link(1, 2)]) == {1: first, 2: first}


def test_what_is_far_apart_is_not_compared() -> None:
    """The same text a year later is a reminder, not a copy."""
    late = [sketch(Body(n, "en", BASES[0], []), moment=NOW + n * (WITHIN + HOUR)) for n in range(2)]
    assert candidates(late, []) == set()
    soon = [sketch(Body(n, "en", BASES[0], []), moment=NOW + n * WITHIN) for n in range(2)]
    assert candidates(soon, []) == {(0, 1)}


def test_only_pairs_with_something_new_are_candidates() -> None:
    """What was compared is not compared again."""
    first, second, third = (sketch(Body(n, "en", BASES[0], []), moment=NOW) for n in range(3))
    assert candidates([third], [first, second]) == {(0, 2), (1, 2)}


def test_vectors_find_what_shares_no_word() -> None:
    """A translation shares no band of letters."""
    unit = np.eye(4, dtype=np.float32)
    texts = zip(range(3), BASES, (unit[:2], unit[:2], unit[2:]), strict=True)
    sketches = [sketch(Body(n, None, text, [], vectors), moment=NOW) for n, text, vectors in texts]
    assert candidates(sketches, []) == {(0, 1)}


def test_articles_without_letters_are_not_all_alike() -> None:
    """An empty text shares nothing with another."""
    empty: list[Sketch] = [sketch(Body(n, None, "…", []), moment=NOW) for n in range(3)]
    assert candidates(empty, []) == set()


@pytest.mark.parametrize(
    ("sources", "number"),
    [
        ([], 0),
        ([("origin 1", "Gazette")], 1),
        ([("origin 1", "Gazette"), ("origin 2", "Herald")], 2),
        ([("origin 1", "Gazette"), ("origin 1", "Herald")], 1),
        ([("origin 1", "Gazette"), ("origin 2", "Gazette")], 1),
        ([("origin 1", "AFP", "Gazette"), ("origin 2", "AFP", "Herald")], 1),
        ([("origin 1", "AFP"), ("origin 2", "AFP", "dpa"), ("origin 3", "dpa"), ("origin 4", "EFE")], 2),
    ],
)
def test_sources_that_share_anything_are_one(sources: list[tuple[str, ...]], number: int) -> None:
    """Origin, publisher or agency: what two have in common, they have from one place."""
    assert independent(sources) == number
    assert independent(reversed(sources)) == number


@given(st.lists(st.integers(0, 8), unique=True), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8))))
def test_groups_part_the_items(items: list[int], pairs: list[tuple[int, int]]) -> None:
    """Each item is in one group, and pairs never cross."""
    groups = grouped(items, pairs)
    assert sorted(item for group in groups for item in group) == sorted(items)
    place = {item: at for at, group in enumerate(groups) for item in group}
    assert all(place[a] == place[b] for a, b in pairs if a in place and b in place)
