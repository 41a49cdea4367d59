"""Weights for telling claims apart: what was planted is found again."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.judge.stance import Judged
from monitor.records import UNRELATED, PairScores, Sentence
from training.apart import Choice, choices_of, most_likely


def test_planted_weights_are_found_again() -> None:
    """Labels drawn with certain weights: those are the likeliest again, as far as 20,000 draws tell."""
    rng, planted = np.random.default_rng(4), np.array([2.0, -1.0])
    choices = []
    for _ in range(20_000):
        own, more = rng.normal(-1, 1, 4), rng.normal(0, 0.6, (4, 2))
        odds = np.exp(np.append(own + more @ planted, 0.0))
        drawn = int(rng.choice(5, p=odds / odds.sum()))
        choices.append(Choice(own, more, (drawn,) if drawn < 4 else ()))
    found = most_likely(choices)
    assert (found.similarity, found.nearest) == pytest.approx(tuple(planted), abs=0.1)


def test_a_sentence_is_put_beside_the_claims_it_was_compared_with() -> None:
    def judged(place: int) -> Judged:
        scores = PairScores(0.5, 0.5, 0.0, {"confirms": 0.5, UNRELATED: 0.5})
        return Judged(Sentence(place, 10 * place, 10 * place + 9, "It rained."), 0.4, scores)

    first, second = choices_of({"C1": [judged(0), judged(1)], "C2": [judged(1)]}, {1: {"C2", "C9"}})
    assert (first.own.shape, first.more.shape, first.about) == ((1,), (1, 2), ())
    assert (second.own.shape, second.more.shape, second.about) == ((2,), (2, 2), (1,))
