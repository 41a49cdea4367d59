"""Sentence vectors × claim vectors → which sentences could bear on which claims."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Chosen on the stories under `choose` of training/split.yaml, articles of other stories and 60 pages of real news
# on other things, November 2026. An article bears on a claim if one of its sentences is NEAR it, or if one TOUCHES
# it and all of them together lie ON_SUBJECT: among thirty sentences one is somewhat near anything. Then its others
# may be far from the claim in words ("The ministry rejected that account"). Belongs to the weights.
NEAR, TOUCHES, ON_SUBJECT = 0.25, 0.06, 0.03
SIMILAR_AT_LEAST = -0.05
# A long article has many sentences near a claim; the nearest ones decide. No labelled article needs more.
SENTENCES_PER_CLAIM = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that could bear on a claim. sentence, claim: places in the matrices; similarity: cosine."""

    sentence: int
    claim: int
    similarity: float


def choose(
    sentences: NDArray[np.float32],
    claims: NDArray[np.float32],
    *,
    at_least: float = SIMILAR_AT_LEAST,
    near: float = NEAR,
    touches: float = TOUCHES,
    on_subject: float = ON_SUBJECT,
    per_claim: int = SENTENCES_PER_CLAIM,
) -> list[Candidate]:
    """Choose for each claim the sentences nearest to it, in an article that comes near it at all.

    sentences: (s, d) and claims: (c, d), rows of length 1. Cosines in [-1, 1]: at_least of each sentence; near and
    touches of the nearest one; on_subject of the mean of all sentences.
    A claim's candidates depend on that claim and the article alone, so that adding a claim never
    changes what the model is asked about another. Returns them by claim, then by place in the article.
    Raises ValueError if the widths differ.
    """
    if not len(sentences):  # no rows have no width
        return []
    mean = sentences.mean(axis=0, dtype=np.float64)
    length = float(np.linalg.norm(mean)) or 1.0
    chosen = []
    for claim, vector in enumerate(claims):
        # Not claims @ sentences.T: its last bits depend on the shape of the whole, and so on the other claims.
        row = np.einsum("d,sd->s", vector, sentences)
        together = float(np.einsum("d,d->", vector, mean)) / length
        if row.max() < near and (row.max() < touches or together < on_subject):
            continue
        nearest = sorted(range(len(row)), key=lambda place: (-row[place], place))[:per_claim]
        chosen += [
            Candidate(place, claim, float(row[place])) for place in sorted(nearest) if row[place] >= at_least
        ]
    return chosen
