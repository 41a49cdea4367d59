"""Word overlap → PairScores, character n-grams → vector: a small model for tests, the same on every machine."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.records import Pair, PairScores

WIDTH = 384
DENIALS = frozenset({"no", "not", "never", "denied", "denies", "nobody", "nie", "pas", "не"})


class FakeModel:
    """A PairModel and Embedder that obeys the contract of the real ones without their weights.

    Shared words make a sentence bear on a claim; a word of denial on one side alone turns it round.
    """

    name = "fake-1"

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        """Score each pair by the share of the claim's words that the sentence has."""
        return [_score(pair) for pair in pairs]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Count each text's groups of three characters into 384 places."""
        return np.array([_vector(text) for text in texts], dtype=np.float32).reshape(-1, WIDTH)


def _score(pair: Pair) -> PairScores:
    sentence, claim = _words(pair.premise), _words(pair.hypothesis)
    overlap = len(sentence & claim - DENIALS) / max(1, len(claim - DENIALS))
    denied = bool(sentence & DENIALS) != bool(claim & DENIALS)
    entails, contradicts = (0.1 * overlap, 0.9 * overlap) if denied else (0.9 * overlap, 0.1 * overlap)
    stances = {
        "confirms": 0.8 * entails,
        "contradicts": 0.8 * contradicts,
        "updates": 0.1 * overlap,
        "mentions": 0.1 * overlap,
        "unrelated": 1 - overlap,
    }
    return PairScores(entails, 1 - overlap, contradicts, stances)


def _words(text: str) -> set[str]:
    return {word.strip(".,;:!?\"'«»") for word in text.lower().split()} - {""}


def _vector(text: str) -> NDArray[np.float64]:
    counts = np.zeros(WIDTH)
    counts[0] = 0.01  # so that an empty text has a direction too
    padded = f" {text.lower()} "
    for start in range(len(padded) - 2):
        counts[zlib.crc32(padded[start : start + 3].encode("utf-8", "replace")) % WIDTH] += 1
    return counts / float(np.linalg.norm(counts))
