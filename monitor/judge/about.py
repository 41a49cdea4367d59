"""What a model says of a sentence beside each claim → which claim the sentence is about: one at most."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from monitor.judge.stance import Judged, by_stance, reading
from monitor.records import UNRELATED, Claim, Manner

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """What speaks for a sentence being about a claim, in log-odds that are added to the model's own.

    similarity: for each unit of cosine of the sentence. nearest: of the sentence of the article that is nearest to
    the claim.
    """

    similarity: float
    nearest: float


# The most likely ones for the stories under `choose` of training/split.yaml, November 2026, in a conditional logit
# over the claims of a story and none (McFadden, 1974). They belong to the network: see training/apart.py.
WEIGHTS = Weights(similarity=2.16, nearest=3.0)
USUAL_SIMILARITY, USUAL_NEAREST = 0.4, 0.5  # where nothing is added: about those of labelled sentences
SURE = 1e-4  # the model's word is never taken for surer than this
RIVALS = 0.15  # a probability from which on another claim is named as one that the sentence may be about


@dataclass(frozen=True, slots=True)
class Sense:
    """What a claim says. vector: (d,), length 1. denial: it says that somebody denies something."""

    vector: Vector
    denial: bool


def sense_of(claim: Claim, vector: Vector) -> Sense:
    """Read what a claim says. vector: (d,), length 1."""
    return Sense(vector, _denies(claim.text, claim.lang))


def tell_apart(
    judged: Mapping[str, Sequence[Judged]],
    senses: Mapping[str, Sense],
    lang: str | None,
    *,
    weights: Weights = WEIGHTS,
) -> dict[str, list[Judged]]:
    """Say of each sentence how likely it is about each claim, and which other claim it may be about instead.

    judged: what the model says of an article's sentences, by claim. senses: of the claims. lang: of the article.
    The model reads one claim at a time, and a denial of one delivery looks like a denial of the next; but of a
    hundred labelled sentences ninety bear on one claim alone. So the claims of a baseline compete for a sentence:
    its odds of being about a claim are held against those of being about nothing or about another one. Claims that
    say nearly the same take little from each other (see `apart`); nor, in a sentence that denies, do "X denies it"
    and what X denies. Returns the same, with `about` and `rival`; the order of the claims does not matter.
    """
    odds: dict[int, dict[str, float]] = {}  # by sentence, then by claim
    for claim, some in judged.items():
        for one, score in zip(some, log_odds(some, weights), strict=True):
            odds.setdefault(one.sentence.index, {})[claim] = math.exp(score)
    sentences = {one.sentence for some in judged.values() for one in some}
    denying = {sentence.index for sentence in sentences if _denies(sentence.text, lang)}

    def settle(claim: str, one: Judged) -> Judged:
        here, sense = odds[one.sentence.index], senses[claim]
        others = {
            other: apart(sense.vector, senses[other].vector) * theirs
            for other, theirs in here.items()
            if other != claim and (sense.denial is senses[other].denial or one.sentence.index not in denying)
        }
        all_in_all = 1 + here[claim] + math.fsum(others.values())
        rival = max(others, key=lambda other: (others[other], other), default=None)
        if rival is not None and others[rival] / all_in_all < RIVALS:
            rival = None
        return replace(one, about=here[claim] / all_in_all, rival=rival)

    return {claim: [settle(claim, one) for one in some] for claim, some in judged.items()}


def apart(one: Vector, other: Vector) -> float:
    """Return how far apart two claims are in what they say, in [0, 1]: the square of the sine between them."""
    return max(0.0, 1 - float(one @ other) ** 2)


def log_odds(judged: Sequence[Judged], weights: Weights) -> list[float]:
    """Return the log-odds that each sentence is about a claim, as if there were no other claim."""
    return [
        own + weights.similarity * similarity + weights.nearest * nearest
        for own, similarity, nearest in evidence(judged)
    ]


def evidence(judged: Sequence[Judged]) -> list[tuple[float, float, float]]:
    """Return what speaks for each sentence: the model's log-odds, and what each of the weights counts.

    judged: of one claim and one article.
    """
    nearest = max((one.similarity for one in judged), default=0.0)
    return [
        (
            _logit(1 - by_stance(one.scores)[UNRELATED]),
            one.similarity - USUAL_SIMILARITY,
            nearest - USUAL_NEAREST,
        )
        for one in judged
    ]


def _denies(text: str, lang: str | None) -> bool:
    return reading(text, lang).manner is Manner.DENIAL


def _logit(probability: float) -> float:
    bounded = min(max(probability, SURE), 1 - SURE)
    return math.log(bounded / (1 - bounded))
