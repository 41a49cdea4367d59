"""Which sentences a pair model is asked about: the order, the end, and laws over any scores."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.judge.asking import BEARS, FIRST, answered, ask, bears
from monitor.judge.candidates import Candidate
from monitor.judge.context import Asking
from monitor.records import Pair, PairScores

RELATED, NOTHING = BEARS + 0.1, BEARS - 0.1


def scores(related: float) -> PairScores:
    return PairScores(related, 1 - related, 0.0, {"confirms": related, "unrelated": 1 - related})


def article(*related: float, near: Sequence[float] | None = None) -> tuple[list[Candidate], list[float]]:
    """Return an article's candidates, nearest first unless told otherwise, and how far each bears on the claim."""
    near = near or [1 - place / 100 for place in range(len(related))]
    return [Candidate(place, 0, similarity) for place, similarity in enumerate(near)], list(related)


def pairs(related: Sequence[float]) -> dict[int, Pair]:
    """Ask about each sentence by its place, with how far it bears on the claim as its words."""
    return {place: Pair(f"{place} {share}", "claim", "") for place, share in enumerate(related)}


def score(some: Sequence[Pair]) -> list[PairScores]:
    return [scores(float(pair.premise.split()[1])) for pair in some]


def asked(candidates: Sequence[Candidate], related: Sequence[float]) -> list[list[int]]:
    """Return the places that a model is asked about, call by call."""
    calls: list[list[int]] = []

    def listening(some: Sequence[Pair]) -> list[PairScores]:
        calls.append([int(pair.premise.split()[0]) for pair in some])
        return score(some)

    (found,) = answered([ask(candidates, pairs(related), "en")], listening)
    assert list(found) == sorted(place for call in calls for place in call)
    assert all(found[place] == scores(related[place]) for place in found)
    return calls


@pytest.mark.parametrize(
    ("related", "near", "calls"),
    [
        pytest.param([], None, [], id="no candidates, no question"),
        pytest.param([NOTHING] * 9, None, [[0, 1, 2, 3]], id="an article on something else"),
        pytest.param([NOTHING] * 3, None, [[0, 1, 2]], id="fewer than the first few"),
        pytest.param(
            [NOTHING] * 3 + [RELATED] + [NOTHING] * 5,
            None,
            [[0, 1, 2, 3], [4, 5]],
            id="one bears on it, the next two do not",
        ),
        pytest.param(
            [RELATED] + [NOTHING] * 3 + [NOTHING, RELATED] + [NOTHING] * 3,
            None,
            [[0, 1, 2, 3], [4, 5], [6, 7]],
            id="on for as long as there is more",
        ),
        pytest.param(
            [RELATED, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING],
            [0.9, 0.1, 0.8, 0.7, 0.6, 0.5, 0.4],
            [[0, 2, 3, 4], [5, 6], [1]],
            id="the sentence beside, however far",
        ),
        pytest.param(
            [NOTHING, RELATED, RELATED, RELATED, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING],
            [0.11, 0.12, 0.13, 0.9, 0.14, 0.8, 0.7, 0.6, 0.5, 0.4],
            [[3, 5, 6, 7], [8, 9], [4, 2], [1], [0]],
            id="and beside that one",
        ),
        pytest.param([NOTHING] * 6, [0.5] * 6, [[0, 1, 2, 3]], id="of equals the earlier ones"),
        pytest.param([BEARS] + [NOTHING] * 8, None, [[0, 1, 2, 3], [4, 5]], id="just at the threshold"),
    ],
)
def test_questions_end_when_the_last_few_have_nothing_to_do_with_the_claim(
    related: list[float], near: list[float] | None, calls: list[list[int]]
) -> None:
    """A pair costs as much as embedding two sentences; most of an article bears on no claim."""
    assert asked(*article(*related, near=near)) == calls


@given(st.lists(st.tuples(st.sampled_from([NOTHING, RELATED]), st.floats(-1, 1)), max_size=14))
def test_what_lies_beside_a_sentence_that_bears_on_the_claim_is_always_asked_about(
    sentences: list[tuple[float, float]],
) -> None:
    """And the nearest ones are, and nothing twice."""
    related, near = [one for one, _ in sentences], [one for _, one in sentences]
    candidates, _ = article(*related, near=near)
    places = [place for call in asked(candidates, related) for place in call]
    assert len(places) == len(set(places))
    assert len(places) >= min(FIRST, len(sentences))
    told = {place for place in places if bears(scores(related[place]))}
    assert {place for one in told for place in (one - 1, one + 1) if 0 <= place < len(related)} <= set(places)


@given(st.lists(st.lists(st.sampled_from([NOTHING, RELATED]), max_size=9), max_size=5))
def test_several_claims_are_asked_about_in_one_call_a_round_and_each_gets_its_own(
    claims: list[list[float]],
) -> None:
    """A model's threads are kept busy, and what is found for a claim does not depend on the others."""
    calls: list[int] = []

    def counting(some: Sequence[Pair]) -> list[PairScores]:
        calls.append(len(some))
        return score(some)

    def asking() -> list[Asking[dict[int, PairScores]]]:
        return [ask(article(*related)[0], pairs(related), "en") for related in claims]

    alone = [answered([one], score)[0] for one in asking()]
    assert answered(asking(), counting) == alone
    assert sum(calls) == sum(map(len, alone))
    assert all(calls)
    rounds = [len(asked(article(*related)[0], related)) for related in claims]
    assert len(calls) == max(rounds, default=0)


def test_a_model_without_stances_is_asked_about_what_it_does_not_call_neutral() -> None:
    """Another model gives three scores alone; what it calls neutral counts as unrelated."""
    assert bears(PairScores(0.0, 0.8, 0.2, {}))
    assert not bears(PairScores(0.05, 0.9, 0.05, {}))
