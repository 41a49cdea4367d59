"""Stories that choose → the weights of judge/about.py: what speaks for a sentence being about a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.judge.about import Weights, evidence
from monitor.judge.stance import Judged

STEPS = 50  # Newton's method needs fewer than ten
RIDGE = 0.1  # so small a pull towards nothing that it only keeps the equations solvable


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence, and the claims it could be about.

    own: the model's log-odds for each claim, (c,). more: what each of the weights counts, (c, w). about: places of
    the claims it was labelled with; empty if with none.
    """

    own: NDArray[np.float64]
    more: NDArray[np.float64]
    about: tuple[int, ...]


def choices_of(judged: Mapping[str, Sequence[Judged]], labelled: Mapping[int, set[str]]) -> list[Choice]:
    """Put together what is known of each sentence of an article. labelled: the claims of each sentence."""
    rows: dict[int, list[tuple[str, tuple[float, ...]]]] = {}
    for claim, some in judged.items():
        for one, row in zip(some, evidence(some), strict=True):
            rows.setdefault(one.sentence.index, []).append((claim, row))
    return [
        Choice(
            np.array([row[0] for _, row in here]),
            np.array([row[1:] for _, row in here]),
            tuple(place for place, (claim, _) in enumerate(here) if claim in labelled.get(sentence, ())),
        )
        for sentence, here in sorted(rows.items())
    ]


def most_likely(choices: Sequence[Choice]) -> Weights:
    """Return the weights under which the labels are likeliest: a conditional logit (McFadden, 1974), none being 0.

    A sentence labelled with several claims counts as a share of each.
    """
    weights = np.zeros(choices[0].more.shape[1])
    for _ in range(STEPS):
        slope, bend = -RIDGE * weights, RIDGE * np.eye(len(weights))
        for choice in choices:
            scores = choice.own + choice.more @ weights
            likely = np.exp(scores - np.logaddexp.reduce(np.append(scores, 0.0)))
            mean = likely @ choice.more
            slope -= mean
            if choice.about:
                slope += choice.more[list(choice.about)].mean(axis=0)
            bend += (choice.more.T * likely) @ choice.more - np.outer(mean, mean)
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return Weights(*(round(float(weight), 2) for weight in weights))
