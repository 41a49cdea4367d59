"""FNC-1 headlines × bodies → agree, disagree, discuss or unrelated: the model's scores under a small classifier.

The classifier sees what the model says of the three sentences nearest to the headline, a few counts of shared
words, and the words by which headline and lead deny or hedge. It is trained and tested by body, five times, so
that no body is in both.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.claims.manner import manner_of
from monitor.judge.model import EmbeddedModel
from monitor.read.sentences import split_sentences
from monitor.records import Manner, Pair, PairScores, Stance

EVERY = 4  # one body of so many; a few minutes instead of many
NEAREST = 3
STANCES = ("agree", "disagree", "discuss", "unrelated")
SEED = 1


NEAR = 0.45  # below it, no sentence of the body is compared with the headline


@dataclass(frozen=True, slots=True)
class _Headline:
    """A headline beside a body. nearest: the sentences nearest to it; similar: their cosines, falling."""

    body: int
    text: str
    stance: str
    whole: str
    lead: Sequence[str]
    nearest: Sequence[str]
    similar: Sequence[float]

    @property
    def is_near(self) -> bool:
        """Whether any sentence talks about what the headline talks about."""
        return bool(self.similar) and self.similar[0] >= NEAR

    def features(self, scored: Sequence[PairScores]) -> list[float]:
        """Lay out what the classifier sees: similarities, shared words, scores (nearest, highest), manners."""
        words, body = _words(self.text), _words(self.whole)
        shared = [len(words & _words(text)) / max(1, len(words)) for text in (self.whole, " ".join(self.lead))]
        rows = [[s.entails, s.contradicts, *(s.stances.get(stance, 0.0) for stance in Stance)] for s in scored]
        first = rows[0] if rows else [0.0] * (2 + len(Stance))
        highest = [max(column) for column in zip(*rows, strict=True)] if rows else first
        told = [float(manner_of(self.text, "en").manner is manner) for manner in Manner]
        put = [
            float(any(manner_of(text, "en").manner is manner for text in (*self.lead, *self.nearest)))
            for manner in Manner
        ]
        similar = [*self.similar, *[0.0] * NEAREST][:NEAREST]
        return [*similar, *shared, float(len(body)), *first, *highest, *told, *put]


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3)


def measure(shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield macro-F1 and the challenge's own weighted score, relative to the best that can be had."""
    with gzip.open(shared / "data/fnc1-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        bodies = [json.loads(line) for number, line in enumerate(lines) if number % EVERY == 0]
    features, stances, groups = rows_of(bodies, model)
    guessed = cross_validated(features, stances, groups)
    f1 = [f1_of(stances, guessed, stance) for stance in STANCES]
    for stance, value in zip(STANCES, f1, strict=True):
        yield f"FNC-1, F1 of {stance}", f"{value:.2f}"
    yield "FNC-1, macro F1 of four classes", f"{sum(f1) / len(f1):.3f}"
    yield "FNC-1, official weighted score", f"{weighted_score(stances, guessed):.3f}"


def rows_of(
    bodies: Sequence[Mapping[str, Any]], model: EmbeddedModel
) -> tuple[NDArray[np.float32], list[str], list[int]]:
    """Return a row of features for each headline of each body, its stance, and the number of its body."""
    headlines = sorted({row["headline"] for body in bodies for row in body["headlines"]})
    vectors = dict(zip(headlines, model.embed(headlines), strict=True))
    places: list[_Headline] = []
    for number, body in enumerate(bodies):
        sentences = [sentence.text for sentence in split_sentences(body["body"], "en")]
        rows = model.embed(sentences)
        for row in body["headlines"]:
            near = rows @ vectors[row["headline"]] if len(rows) else np.zeros(0, dtype=np.float32)
            order = [int(place) for place in np.argsort(-near)[:NEAREST]]
            places.append(
                _Headline(
                    number,
                    row["headline"],
                    row["stance"],
                    body["body"],
                    sentences[:2],
                    [sentences[place] for place in order],
                    [float(near[place]) for place in order],
                )
            )
    pairs = [Pair(text, place.text) for place in places if place.is_near for text in place.nearest]
    scored = iter(model.score(pairs))
    features = [place.features([next(scored) for _ in place.nearest] if place.is_near else []) for place in places]
    return (
        np.array(features, dtype=np.float32),
        [place.stance for place in places],
        [place.body for place in places],
    )


def cross_validated(features: NDArray[np.float32], stances: Sequence[str], groups: Sequence[int]) -> list[str]:
    """Return a guess for each row from a classifier that never saw its body."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  only this part needs it
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415

    right, guessed = np.array(stances), np.empty(len(stances), dtype=object)
    for train, test in GroupKFold(n_splits=5, shuffle=True, random_state=SEED).split(features, right, groups):
        # Rare classes count for more, but less than in full proportion: that would find too many of them.
        share = {stance: float(np.mean(right[train] == stance)) for stance in STANCES}
        weights = np.array([share[stance] ** -0.5 for stance in right[train]])
        classifier = HistGradientBoostingClassifier(
            max_iter=150, learning_rate=0.06, l2_regularization=1.0, random_state=SEED
        )
        classifier.fit(features[train], right[train], sample_weight=weights)
        guessed[test] = classifier.predict(features[test])
    return [str(guess) for guess in guessed]


def f1_of(right: Sequence[str], guessed: Sequence[str], stance: str) -> float:
    """Return the F1 of one class."""
    hits = sum(r == g == stance for r, g in zip(right, guessed, strict=True))
    return 2 * hits / max(1, sum(r == stance for r in right) + sum(g == stance for g in guessed))


def weighted_score(right: Sequence[str], guessed: Sequence[str]) -> float:
    """Return the challenge's score: a quarter for related or not, the rest for the stance of what is related."""
    got = best = 0.0
    for r, g in zip(right, guessed, strict=True):
        best += 0.25 if r == "unrelated" else 1.0
        got += 0.25 if r == g == "unrelated" else 0.0
        if r != "unrelated" and g != "unrelated":
            got += 1.0 if r == g else 0.25
    return got / best
