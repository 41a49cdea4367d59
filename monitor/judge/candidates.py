"""Sentence vectors × claim vectors → which sentences could bear on which claims."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Chosen on the eight stories under `choose` of training/split.yaml and 60 pages of real news on other things,
# November 2026. An article bears on a claim only if one of its sentences comes near it; then its other sentences
# may be far from it in words ("The ministry rejected that account"). 1.8 % of the labelled sentences are lost, and
# of an article of 31 sentences on something else 45 pairs with twelve claims are scored. Belongs to the weights.
ARTICLE_AT_LEAST = 0.16
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
    article_at_least: float = ARTICLE_AT_LEAST,
    per_claim: int = SENTENCES_PER_CLAIM,
) -> list[Candidate]:
    """Choose for each claim the sentences nearest to it, in an article that comes near it at all.

    sentences: (s, d) and claims: (c, d), rows of length 1. at_least: cosine in [-1, 1] of each sentence;
    article_at_least: of the nearest one.
    A claim's candidates depend on that claim and the article alone, so that adding a claim never
    changes what is found for another. Returns them by claim, then by place in the article.
    Raises ValueError if the widths differ.
    """
    if not len(sentences):  # no rows have no width
        return []
    chosen = []
    for claim, vector in enumerate(claims):
        # Not claims @ sentences.T: its last bits depend on the shape of the whole, and so on the other claims.
        row = np.einsum("d,sd->s", vector, sentences)
        if row.max() < article_at_least:
            continue
        nearest = sorted(range(len(row)), key=lambda place: (-row[place], place))[:per_claim]
        chosen += [
            Candidate(place, claim, float(row[place])) for place in sorted(nearest) if row[place] >= at_least
        ]
    return chosen
