"""Which sentences could bear on which claims: the table of choices, and laws over random vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from monitor.judge.candidates import (
    NEAR,
    SENTENCES_PER_CLAIM,
    SIMILAR_AT_LEAST,
    TOUCHES,
    Candidate,
    choose,
)

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)
NORTH_EAST, EAST_BY_NORTH = (0.6, 0.8), (0.8, 0.6)


def rows(*vectors: tuple[float, ...]) -> NDArray[np.float32]:
    return np.array(vectors, dtype=np.float32).reshape(len(vectors), -1)


def places(chosen: list[Candidate]) -> list[tuple[int, int]]:
    return [(candidate.claim, candidate.sentence) for candidate in chosen]


@st.composite
def unit_rows(draw: st.DrawFn, *, fewest: int = 0, most: int = 30) -> NDArray[np.float32]:
    """As wide as the embedded model's, because it is in wide sums that the order of adding shows."""
    count = draw(st.integers(fewest, most))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    found = random.normal(size=(count, 384)).astype(np.float32)
    found += draw(st.sampled_from([0.0, 0.7]))  # texts on one subject lie near each other
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize(
    ("sentences", "claims", "at_least", "per_claim", "expected"),
    [
        pytest.param([EAST, NORTH], [EAST], 0.5, 9, [(0, 0)], id="only what is near"),
        pytest.param([EAST, WEST], [EAST], -1.0, 9, [(0, 0), (0, 1)], id="the opposite, if asked for"),
        pytest.param([NORTH_EAST, EAST], [EAST], 0.5, 9, [(0, 0), (0, 1)], id="in the order of the article"),
        pytest.param([EAST, NORTH], [NORTH, EAST], 0.5, 9, [(0, 1), (1, 0)], id="by claim first"),
        pytest.param([EAST], [EAST], 1.0, 9, [(0, 0)], id="just at the threshold"),
        pytest.param([NORTH_EAST], [EAST], 0.61, 9, [], id="just below the threshold"),
        pytest.param([NORTH_EAST, EAST, EAST_BY_NORTH], [EAST], 0.5, 2, [(0, 1), (0, 2)], id="the nearest two"),
        pytest.param([EAST, EAST, EAST], [EAST], 0.5, 2, [(0, 0), (0, 1)], id="of equals the earlier ones"),
        pytest.param([NORTH_EAST, EAST], [NORTH, EAST], 0.5, 1, [(0, 0), (1, 1)], id="so many for each claim"),
    ],
)
def test_each_claim_gets_the_sentences_nearest_to_it(
    sentences: list[tuple[float, ...]],
    claims: list[tuple[float, ...]],
    at_least: float,
    per_claim: int,
    expected: list[tuple[int, int]],
) -> None:
    """The pair score is dear: it is asked only where the vectors say that it could matter."""
    chosen = choose(
        rows(*sentences),
        rows(*claims),
        at_least=at_least,
        near=-1,
        per_claim=per_claim,
    )
    assert places(chosen) == expected


@pytest.mark.parametrize(
    ("sentences", "claims"), [((0, 4), (3, 4)), ((0,), (3, 4)), ((3, 4), (0, 4)), ((3, 4), (0,)), ((0,), (0,))]
)
def test_nothing_to_compare_gives_no_candidates(sentences: tuple[int, ...], claims: tuple[int, ...]) -> None:
    """An article without text and a baseline without watched claims are both normal."""
    assert choose(np.zeros(sentences, np.float32), np.zeros(claims, np.float32), at_least=-1) == []


def test_vectors_of_two_models_cannot_be_compared() -> None:
    """Vectors of different widths come from different models; a number from them would mean nothing."""
    with pytest.raises(ValueError, match=r"."):
        choose(rows(EAST), rows((1.0, 0.0, 0.0)))


def test_similarity_is_the_cosine() -> None:
    """It is stored with the finding, for a person who asks why."""
    (candidate,) = choose(rows(NORTH_EAST), rows(EAST), at_least=0.5, near=-1)
    assert candidate.similarity == pytest.approx(0.6)


@given(unit_rows(), unit_rows(fewest=1, most=12), st.data())
def test_a_claims_candidates_do_not_depend_on_other_claims(
    sentences: NDArray[np.float32], claims: NDArray[np.float32], data: st.DataObject
) -> None:
    """Adding a claim must never change what was found for another, not even in the last digit."""
    place = data.draw(st.integers(0, len(claims) - 1))
    among = [(c.sentence, c.similarity) for c in choose(sentences, claims) if c.claim == place]
    alone = [(c.sentence, c.similarity) for c in choose(sentences, claims[place : place + 1])]
    assert among == alone


@given(unit_rows(), unit_rows(most=6), st.floats(-1, 1), st.integers(1, 40))
def test_candidates_are_near_few_and_in_order(
    sentences: NDArray[np.float32], claims: NDArray[np.float32], at_least: float, per_claim: int
) -> None:
    """Later steps rely on the order, and the cost on the cap."""
    chosen = choose(sentences, claims, at_least=at_least, near=-1, per_claim=per_claim)
    assert places(chosen) == sorted(set(places(chosen)))
    assert all(candidate.similarity >= at_least for candidate in chosen)
    for claim in range(len(claims)):
        mine = {c.sentence: c.similarity for c in chosen if c.claim == claim}
        assert len(mine) <= per_claim
        near = claims[claim].astype(np.float64) @ sentences.astype(np.float64).T
        left_out = [near[place] for place in range(len(sentences)) if place not in mine]
        if mine and left_out and len(mine) == per_claim:
            assert max(left_out) <= min(mine.values()) + 1e-6
        elif left_out:
            assert max(left_out) < at_least + 1e-6


@given(unit_rows(fewest=1, most=1), unit_rows(fewest=1, most=1), st.integers(1, 30))
def test_copies_of_a_sentence_are_equally_near(
    sentence: NDArray[np.float32], claim: NDArray[np.float32], copies: int
) -> None:
    """Of a sentence said twice the first one is shown, wherever in the article it stands."""
    chosen = choose(np.repeat(sentence, copies, axis=0), claim, at_least=-1, near=-1, per_claim=copies)
    assert len({candidate.similarity for candidate in chosen}) == 1
    assert places(choose(np.repeat(sentence, copies, axis=0), claim, at_least=-1, near=-1, per_claim=1)) == [
        (0, 0)
    ]


def at(cosine: float) -> tuple[float, float]:
    """A direction so near to EAST."""
    return cosine, (1 - cosine**2) ** 0.5


@pytest.mark.parametrize(
    ("cosines", "bears"),
    [
        pytest.param([NEAR], True, id="one sentence is near"),
        pytest.param([NEAR - 0.01], True, id="one touches it, and is all there is"),
        pytest.param([TOUCHES - 0.01], False, id="none touches it"),
        pytest.param([NEAR, -0.9, -0.9, -0.9], True, id="one is near, whatever else is told"),
        pytest.param([NEAR - 0.01, -0.9, -0.9, -0.9], False, id="one touches it in an article on something else"),
        pytest.param([NEAR - 0.01, 0.05, 0.05, 0.05], True, id="one touches it in an article on its subject"),
    ],
)
def test_an_article_bears_on_a_claim_by_one_sentence_or_by_all(cosines: list[float], bears: bool) -> None:
    """Among thirty sentences one is somewhat near anything."""
    assert bool(choose(rows(*map(at, cosines)), rows(EAST))) == bears


def test_the_tuned_numbers_are_what_is_used_unasked() -> None:
    """The thresholds in the module are those that benchmarks/RESULTS.md was measured with."""
    near, close, far = at(NEAR), at(SIMILAR_AT_LEAST + 0.01), at(SIMILAR_AT_LEAST - 0.01)
    assert places(choose(rows(far, near, close), rows(EAST))) == [(0, 1), (0, 2)]
    assert choose(rows(far, close), rows(EAST)) == []
    assert len(choose(rows(*[EAST] * (SENTENCES_PER_CLAIM + 1)), rows(EAST))) == SENTENCES_PER_CLAIM
