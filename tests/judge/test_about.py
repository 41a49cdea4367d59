"""Telling claims apart: a sentence is about one claim at most, and claims that say the same do not compete."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.judge.about import (
    USUAL_NEAREST,
    USUAL_SIMILARITY,
    Sense,
    Vector,
    Weights,
    evidence,
    sense_of,
    tell_apart,
)
from monitor.judge.stance import Judged
from monitor.records import UNRELATED, Claim, PairScores, Sentence

PLAIN = Weights(0.0, 0.0)
AXES = np.eye(4, dtype=np.float32)


def judged(place: int, related: float, similarity: float = USUAL_SIMILARITY, text: str = "It rained.") -> Judged:
    scores = PairScores(related, 1 - related, 0.0, {"confirms": related, UNRELATED: 1 - related})
    return Judged(Sentence(place, 10 * place, 10 * place + 9, text), similarity, scores)


def senses(claims: Iterable[str], vectors: Iterable[Vector] = AXES) -> dict[str, Sense]:
    return {claim: Sense(vector, denial=False) for claim, vector in zip(claims, vectors, strict=False)}


def about(
    judged_of: dict[str, list[Judged]], weights: Weights = PLAIN, *, told_by: dict[str, Sense] | None = None
) -> dict[str, float]:
    """Tell the first sentence of each claim apart."""
    told = tell_apart(judged_of, told_by or senses(judged_of), "en", weights=weights)
    return {claim: some[0].about or 0.0 for claim, some in told.items()}


def test_a_claim_without_rivals_keeps_what_the_model_said() -> None:
    assert about({"C1": [judged(0, 0.8)]})["C1"] == pytest.approx(0.8)


def test_two_claims_share_a_sentence_that_bears_on_both() -> None:
    """Odds of four each, against one of being about nothing: four of nine."""
    assert about({"C1": [judged(0, 0.8)], "C2": [judged(0, 0.8)]}) == pytest.approx({"C1": 4 / 9, "C2": 4 / 9})


def test_the_likelier_claim_takes_the_sentence() -> None:
    found = about({"C1": [judged(0, 0.97)], "C2": [judged(0, 0.6)]})
    assert found["C1"] > 0.9
    assert found["C2"] < 0.1


def test_other_sentences_take_nothing() -> None:
    told = about({"C1": [judged(0, 0.8)], "C2": [judged(1, 0.99)]})
    assert told["C1"] == pytest.approx(0.8)


def test_claims_that_say_the_same_do_not_compete() -> None:
    """Who lists a claim twice, in two wordings, must not lose what is found for it."""
    same = senses(["C1", "C2"], [AXES[0], AXES[0]])
    pair = {"C1": [judged(0, 0.8)], "C2": [judged(0, 0.8)]}
    assert about(pair, told_by=same) == pytest.approx({"C1": 0.8, "C2": 0.8})
    halfway = senses(["C1", "C2"], [AXES[0], (AXES[0] + AXES[1]) / np.float32(2**0.5)])
    assert 4 / 9 < about(pair, told_by=halfway)["C1"] < 0.8


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("The company denied that the dam broke.", {"C1": 0.8, "C2": 0.8}),  # it bears on both, fully
        ("The dam broke.", {"C1": 4 / 9, "C2": 4 / 9}),
    ],
)
def test_a_denial_and_what_is_denied_do_not_compete_for_a_sentence_that_denies(
    text: str, shares: dict[str, float]
) -> None:
    """ "Confirmed: they deny it" and "denied" are two sides of one sentence."""
    fact, denial = (
        Claim(name, words, "en")
        for name, words in (("C1", "The dam broke."), ("C2", "The company denies that the dam broke."))
    )
    told_by = {"C1": sense_of(fact, AXES[0]), "C2": sense_of(denial, AXES[1])}
    both = {claim: [judged(0, 0.8, text=text)] for claim in told_by}
    assert about(both, told_by=told_by) == pytest.approx(shares)


def test_the_rival_is_named_where_it_is_likely_enough() -> None:
    pair = {"C1": [judged(0, 0.8)], "C2": [judged(0, 0.8)], "C3": [judged(0, 0.05)]}
    told = tell_apart(pair, senses(pair), "en", weights=PLAIN)
    assert [told[claim][0].rival for claim in pair] == ["C2", "C1", "C2"]
    pair.pop("C2")
    alone = tell_apart(pair, senses(pair), "en", weights=PLAIN)
    assert alone["C1"][0].rival is None


def test_nearness_of_the_sentence_and_of_the_article_speak_for_a_claim() -> None:
    far, near = judged(1, 0.5, USUAL_SIMILARITY), judged(1, 0.5, USUAL_SIMILARITY + 0.1)
    assert about({"C1": [near]}, Weights(4.0, 0.0))["C1"] > about({"C1": [far]}, Weights(4.0, 0.0))["C1"]
    with_a_near_one = {"C1": [far, judged(5, 0.1, 0.9)]}
    assert about(with_a_near_one, Weights(0.0, 2.0))["C1"] > about({"C1": [far]}, Weights(0.0, 2.0))["C1"]


def test_what_counts_as_evidence_is_nothing_for_a_usual_sentence_of_a_usual_article() -> None:
    usual = evidence([judged(3, 0.5, USUAL_SIMILARITY), judged(7, 0.5, USUAL_NEAREST)])[0]
    assert usual == pytest.approx((0.0, 0.0, 0.0))
    assert evidence([]) == []


probabilities = st.floats(0, 1)


@given(
    st.dictionaries(
        st.sampled_from(["C1", "C2", "C3", "C4"]), st.tuples(probabilities, st.floats(-1, 1)), min_size=1
    )
)
def test_the_probabilities_of_a_sentence_are_shares_of_one(said: dict[str, tuple[float, float]]) -> None:
    """Whatever the model says, also where it is all too sure."""
    one = {claim: [judged(0, related, similarity)] for claim, (related, similarity) in said.items()}
    told = tell_apart(one, senses(["C1", "C2", "C3", "C4"]), "en")
    shares = [some[0].about for some in told.values()]
    assert all(share is not None and 0 <= share <= 1 for share in shares)
    assert sum(share or 0.0 for share in shares) <= 1 + 1e-9


@given(st.permutations(["C1", "C2", "C3", "C4"]), st.lists(probabilities, min_size=4, max_size=4))
def test_the_order_of_the_claims_does_not_matter(order: list[str], said: list[float]) -> None:
    """To the last digit: a claims file that is sorted anew changes nothing."""
    vectors = senses(["C1", "C2", "C3", "C4"], AXES + AXES[::-1] / 3)
    one = {claim: [judged(0, related)] for claim, related in zip(["C1", "C2", "C3", "C4"], said, strict=True)}
    assert tell_apart({claim: one[claim] for claim in order}, vectors, "en") == tell_apart(one, vectors, "en")


def test_everything_else_is_kept() -> None:
    told = tell_apart({"C1": [judged(0, 0.8)], "C2": []}, senses(["C1", "C2"]), "en")
    assert [replace(one, about=None, rival=None) for one in told["C1"]] == [judged(0, 0.8)]
    assert told["C2"] == []
