"""What a model said: it comes back to the last digit, for the same pair and the same model alone."""

from __future__ import annotations

import pytest

from monitor.records import Pair, PairScores
from monitor.store import open_store

PAIR = Pair("The dam broke.", "A dam broke.", "It rained.")
SAID = PairScores(0.1 + 0.2, 1 / 3, 1e-17, {"confirms": 2 / 3, "unrelated": 1 - 2 / 3})


def test_what_a_model_said_comes_back_to_the_last_digit() -> None:
    with open_store(":memory:") as store:
        assert store.scores.known(PAIR, "tiny") is None
        store.scores.add({PAIR: SAID}, "tiny")
        assert store.scores.known(PAIR, "tiny") == SAID


@pytest.mark.parametrize(
    "other",
    [
        Pair("The dam broke.", "A dam broke."),
        Pair("A dam broke.", "The dam broke.", "It rained."),
        Pair("The dam broke.", "A dam broke. It", "rained."),
    ],
)
def test_another_pair_and_another_model_are_not_known(other: Pair) -> None:
    with open_store(":memory:") as store:
        store.scores.add({PAIR: SAID}, "tiny")
        assert store.scores.known(other, "tiny") is None
        assert store.scores.known(PAIR, "tiny-2") is None


def test_what_was_said_first_stands() -> None:
    """A model on a server may say something else the second time; a decision is repeatable all the same."""
    with open_store(":memory:") as store:
        store.scores.add({PAIR: SAID}, "tiny")
        store.scores.add({PAIR: PairScores(1, 0, 0)}, "tiny")
        assert store.scores.known(PAIR, "tiny") == SAID
