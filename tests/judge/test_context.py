"""What a model is shown beside a sentence and beside a claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from monitor.judge.asking import answered
from monitor.judge.context import hypotheses, score_in_context
from monitor.records import UNRELATED, Claim, Pair, PairScores, Stance

DEATHS = Claim("C1", "Six soldats ont été tués près de la ville.", "fr")


@pytest.mark.parametrize(
    ("claim", "read_as"),
    [
        (
            Claim("C2", "Le porte-parole a démenti ces informations.", "fr"),
            "Le porte-parole a démenti ces informations (Six soldats ont été tués près de la ville).",
        ),
        (
            Claim("C2", "The spokesman dismissed these reports", "en"),
            "The spokesman dismissed these reports (Six soldats ont été tués près de la ville).",
        ),
        (
            Claim("C2", "Сообщения о гибели солдат пресс-секретарь назвал ложью.", "ru"),
            "Сообщения о гибели солдат пресс-секретарь назвал ложью.",
        ),
        (Claim("C2", "The former minister denied the deaths.", "en"), "The former minister denied the deaths."),
    ],
)
def test_a_claim_that_points_back_is_read_with_the_one_before(claim: Claim, read_as: str) -> None:
    """ "Denied these reports" could be a denial of anything."""
    found = hypotheses([DEATHS, claim])
    assert found["C1"] == DEATHS.text
    assert found["C2"] == read_as


def test_the_first_claim_has_none_before_it() -> None:
    """It is read as it stands, whatever it points at."""
    claim = Claim("C1", "Le porte-parole a démenti ces informations.", "fr")
    assert hypotheses([claim]) == {"C1": claim.text}


BEFORE, CLAIM = "The minister thinks it likely that the dam will break.", "The minister thinks the dam will break."
DRONES, ASSENT, DENIAL = (
    "The army shot down 18 drones.",
    "This report was confirmed.",
    "The mayor denied all of it.",
)


def shares(**stances: float) -> PairScores:
    """What a model says that has an output for stances; what is left is unrelated."""
    rest = {stance.value: stances.get(stance.value, 0.0) for stance in Stance}
    return PairScores(0.2, 0.5, 0.3, rest | {UNRELATED: 1 - sum(stances.values())})


def scored(pairs: Sequence[Pair], score: Callable[[Sequence[Pair]], list[PairScores]]) -> list[PairScores]:
    """Let English sentences be scored by a model of this test."""
    (found,) = answered([score_in_context(pairs, "en")], score)
    return found


def led_astray(pairs: Sequence[Pair]) -> list[PairScores]:
    """Take what stands before for what the sentence says, as a model does now and then."""
    shown = shares(confirms=0.7, contradicts=0.1, updates=0.1)
    return [shown if pair.context else shares(confirms=0.1, contradicts=0.2, mentions=0.1) for pair in pairs]


@pytest.mark.parametrize(
    ("sentence", "before", "confirms"),
    [(DRONES, BEFORE, 0.1), (ASSENT, BEFORE, 0.7), (DRONES, "", 0.1)],
    ids=["it stands alone", "it points back", "there is none before"],
)
def test_what_stands_before_is_not_what_a_sentence_says(sentence: str, before: str, confirms: float) -> None:
    """Ukraine's air force confirmed what a minister thought, in the sentence after his."""
    (scores,) = scored([Pair(sentence, CLAIM, before)], led_astray)
    assert scores.stances["confirms"] == confirms
    assert sum(scores.stances.values()) == pytest.approx(1)


def test_a_contradiction_keeps_what_it_had() -> None:
    """A denial often needs the sentence before, and one that is missed costs the story."""

    def score(pairs: Sequence[Pair]) -> list[PairScores]:
        return [shares(contradicts=0.8 if pair.context else 0.1) for pair in pairs]

    (scores,) = scored([Pair(DENIAL, CLAIM, BEFORE)], score)
    assert scores.stances["contradicts"] == 0.8


def test_only_what_may_decide_is_asked_about_again() -> None:
    """Most pairs are unrelated, and asking takes time."""
    asked: list[Pair] = []

    def score(pairs: Sequence[Pair]) -> list[PairScores]:
        asked.extend(pairs)
        return [shares(confirms=0.6 if pair.premise == DRONES else 0.2) for pair in pairs]

    pairs = [Pair(DENIAL, CLAIM, BEFORE), Pair(DRONES, CLAIM, BEFORE)]
    scored(pairs, score)
    assert asked == [*pairs, Pair(DRONES, CLAIM, "")]


def test_a_model_without_an_output_for_stances_is_asked_once() -> None:
    """It has no opinion on them that could be lowered."""
    plain = PairScores(0.9, 0.1, 0.0, {})
    assert scored([Pair(DRONES, CLAIM, BEFORE)], lambda pairs: [plain] * len(pairs)) == [plain]
