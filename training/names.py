"""Tables of names → Examples: one actor under many names and scripts, and others easily taken for it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from training.examples import Example

Frame = Mapping[str, Sequence[str]]  # by language: a sentence with a slot, and perhaps its opposite


@dataclass(frozen=True, slots=True)
class Named:
    """An actor, a place or a thing. names: by language, its forms; near: what is easily taken for it."""

    id: str
    near: tuple[str, ...]
    names: Mapping[str, Sequence[str]]


def read_names(folder: Path) -> list[dict[str, Named]]:
    """Read every table of names; each is a mapping by id."""
    return [
        {
            row["id"]: Named(row["id"], tuple(row["near"]), row["names"])
            for row in yaml.safe_load(path.read_text(encoding="utf-8"))
        }
        for path in sorted(folder.glob("*.yaml"))
        if path.name != "frames.yaml"
    ]


def pairs(folder: Path, number: int, rng: random.Random) -> Iterator[Example]:
    """Yield so many pairs. A third says the same of the same under another name, a third of something near, and
    the rest says something else or the opposite of the same, so that neither the name nor the words decide alone.
    """
    frames = yaml.safe_load((folder / "frames.yaml").read_text(encoding="utf-8"))
    both: list[Frame] = [*frames["statements"], *frames["topics"]]
    tables = read_names(folder)
    entries = [(table, one) for table in tables for one in table.values()]
    for _ in range(number):
        table, one = rng.choice(entries)
        frame = rng.choice(both)
        first, second = rng.choice(sorted(one.names)), rng.choice(sorted(one.names))
        said = rng.randrange(len(frame[first]))
        premise = frame[first][said].format(rng.choice(one.names[first]))
        draw = rng.random()
        if draw < 0.4 or not one.near:
            name = rng.choice([form for form in one.names[second] if form not in premise] or one.names[second])
            yield _example(premise, frame[second][said].format(name), "entailment", "confirms")
        elif draw < 0.75:
            name = rng.choice(table[rng.choice(one.near)].names[second])
            yield _example(premise, frame[second][said].format(name), "neutral", "unrelated", "mentions")
        elif draw < 0.9 and len(frame[second]) > 1:
            hypothesis = frame[second][1 - said].format(rng.choice(one.names[second]))
            yield _example(premise, hypothesis, "contradiction", "contradicts")
        else:
            other = rng.choice([f for f in both if f is not frame])
            hypothesis = rng.choice(other[second]).format(rng.choice(one.names[second]))
            yield _example(premise, hypothesis, "neutral", "unrelated", "mentions")


def _example(premise: str, hypothesis: str, score: str, *verdicts: str) -> Example:
    return Example(premise, hypothesis, "", frozenset({score}), frozenset(verdicts))
