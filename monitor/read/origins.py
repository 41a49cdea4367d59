"""Articles → origins: find who copied whom, who was first, and how many independent sources that leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
from rensa import RMinHash

from monitor.read.copies import Body, compare, shingles
from monitor.records import CopyLink, Dated, Sketch

RULES = "origins 1"  # another number compares everything again
WITHIN = timedelta(days=7)  # copies follow within days; an anniversary repeats words too

# 128 bands of two rows find 79 of 100 pairs that share a ninth of their shingles, and all that share a fifth.
HASHES, ROWS, SEED = 256, 2, 1
# Vectors of whole articles: copies lie nearer (tests/read/cases: 0.77 and more, November 2026).
NEAR = 0.75

Key = TypeVar("Key", bound=Hashable)


def sketch(body: Body, *, moment: datetime) -> Sketch:
    """Sketch an article."""
    minhash = RMinHash(num_perm=HASHES, seed=SEED)
    minhash.update(sorted(shingles(body.text)))
    gist = np.zeros(0, dtype=np.float32)
    if body.vectors is not None and len(body.vectors):
        mean = body.vectors.mean(axis=0)
        gist = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
    return Sketch(body.id, moment, np.array(minhash.digest(), dtype=np.uint32), gist)


def candidates(new: Sequence[Sketch], known: Sequence[Sketch]) -> set[tuple[int, int]]:
    """Pair new articles with those, new or known, that they may be copies of: the smaller number first.

    Pairs share a band of their MinHashes or lie near each other as a whole, and no more than WITHIN apart.
    """
    sketches = {one.id: one for one in (*known, *new)}
    fresh = {one.id for one in new}
    pairs = {*_sharing_a_band(sketches.values()), *_near(new, list(sketches.values()))}
    return {
        (a, b)
        for a, b in pairs
        if (a in fresh or b in fresh) and abs(sketches[a].moment - sketches[b].moment) <= WITHIN
    }


def _sharing_a_band(sketches: Iterable[Sketch]) -> Iterator[tuple[int, int]]:
    bands: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    for one in sketches:
        if (one.hashes != np.iinfo(np.uint32).max).any():  # else it has no shingles
            for number, band in enumerate(one.hashes.reshape(-1, ROWS)):
                bands[number, band.tobytes()].append(one.id)
    for ids in bands.values():
        yield from ((min(a, b), max(a, b)) for at, a in enumerate(ids) for b in ids[:at])


def _near(new: Sequence[Sketch], known: Sequence[Sketch]) -> Iterator[tuple[int, int]]:
    news, others = ([one for one in some if len(one.gist)] for some in (new, known))
    if news and others:
        similar = np.array([one.gist for one in news]) @ np.array([one.gist for one in others]).T
        for a, b in zip(*np.nonzero(similar >= NEAR), strict=True):
            ids = news[a].id, others[b].id
            if ids[0] != ids[1]:
                yield min(ids), max(ids)


def find_copies(
    new: Sequence[Sketch], known: Sequence[Sketch], *, body_of: Callable[[int], Body]
) -> Iterator[CopyLink]:
    """Compare new articles with each other and with the known ones; yield the links, by number.

    body_of: returns an article by its number; it is asked for candidates only.
    """
    bodies: dict[int, Body] = {}
    for pair in sorted(candidates(new, known)):
        for number in pair:
            if number not in bodies:
                bodies[number] = body_of(number)
        if link := compare(bodies[pair[0]], bodies[pair[1]]):
            yield link


def trace_origins(articles: Iterable[Dated], links: Iterable[CopyLink]) -> dict[int, int]:
    """Tell for each article which one was first of those that are linked with it, itself if none is.

    First is who was published first, then who was seen first; where the date is unknown, when it was seen counts.
    Copies of copies are copies. The answer depends neither on the order of the articles nor of the links.
    """
    dated = sorted(articles, key=lambda one: (one.published_at or one.first_seen_at, one.first_seen_at, one.id))
    groups = grouped([one.id for one in dated], [(link.first, link.second) for link in links])
    return {article: group[0] for group in groups for article in group}


def independent(sources: Iterable[Sequence[Hashable]]) -> int:
    """Count sources that have nothing in common, each named by what it comes from: origin, publisher, agencies."""
    named = [tuple(names) for names in sources]
    places = range(len(named))
    holders: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, names in zip(places, named, strict=True):
        for name in names:
            holders[name].append(place)
    return len(grouped(list(places), [(some[0], other) for some in holders.values() for other in some[1:]]))


def grouped(items: Sequence[Key], pairs: Iterable[tuple[Key, Key]]) -> list[list[Key]]:
    """Group items that are paired, directly or through others; groups and their items keep the order of the items.

    Pairs with something that is not among the items are left out.
    """
    place = {item: at for at, item in enumerate(items)}
    leader = {item: item for item in items}
    for a, b in pairs:
        if a in place and b in place:
            first, second = sorted((_lead(leader, a), _lead(leader, b)), key=place.__getitem__)
            leader[second] = first
    groups: dict[Key, list[Key]] = {}
    for item in items:
        groups.setdefault(_lead(leader, item), []).append(item)
    return list(groups.values())


def _lead(leader: dict[Key, Key], item: Key) -> Key:
    while leader[item] != item:
        leader[item] = leader[leader[item]]
        item = leader[item]
    return item
