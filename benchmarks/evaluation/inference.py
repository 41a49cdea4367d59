"""Public inference sets × the model alone → accuracy, by language and across languages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.judge.model import EmbeddedModel
from monitor.records import Pair

LANGUAGES = ("en", "fr", "de", "es", "ru", "ko")
SOME = 500  # pairs of each set, spread evenly over it: an accuracy then moves by 0.02 by chance
Row = dict[str, str]


def measure(shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield an accuracy for each set, each language, and claims in another language than the news."""
    with gzip.open(shared / "data/nli-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows: list[Row] = [json.loads(line) for line in lines]
    by_set: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_set.setdefault((row["source"].removesuffix("_ko"), row["lang"]), []).append(row)
    found = {lang: accuracy(model, _some(by_set["xnli", lang])) for lang in LANGUAGES}
    for lang, share in found.items():
        yield f"XNLI dev, {lang}", f"{share:.3f}"
    yield f"XNLI dev, mean of {' '.join(LANGUAGES)}", f"{sum(found.values()) / len(found):.3f}"
    for news, name in (("ru", "Russian"), ("en", "English")):
        crossed = across(by_set["xnli", news], by_set["xnli", "fr"], model)
        yield f"XNLI dev, claim in French, news in {name}", f"{accuracy(model, _some(crossed)):.3f}"
        yield f"pairs found for French and {name}, of 2,490", f"{len(crossed):,}"
    yield "LingNLI validation", f"{accuracy(model, _some(by_set['lingnli', 'en'])):.3f}"
    yield "GQNLI-fr", f"{accuracy(model, by_set['gqnli_fr', 'fr']):.3f}"


def across(news: Sequence[Row], claims: Sequence[Row], model: EmbeddedModel) -> list[Row]:
    """Pair premises with the hypotheses of the same premise and label in another language.

    The languages of XNLI hold the same 830 premises, each with one hypothesis a label, in another order each. Two
    premises are the same where they and their hypotheses, taken together, are nearest to each other both ways.
    """
    one, other = _grouped(news), _grouped(claims)
    first, second = (_vectors(groups, model) for groups in (one, other))
    near = first @ second.T
    forth, back = near.argmax(axis=1), near.argmax(axis=0)
    keys = list(other)
    return [
        {"premise": premise, "hypothesis": other[keys[forth[at]]][label], "label": label}
        for at, (premise, labels) in enumerate(one.items())
        if back[forth[at]] == at
        for label in labels
    ]


def _grouped(rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for row in rows:
        groups.setdefault(row["premise"], {})[row["label"]] = row["hypothesis"]
    return {premise: dict(sorted(labels.items())) for premise, labels in groups.items() if len(labels) == 3}


def _vectors(groups: dict[str, dict[str, str]], model: EmbeddedModel) -> NDArray[np.float32]:
    parts = [model.embed([premise, *labels.values()]).mean(axis=0) for premise, labels in groups.items()]
    return np.asarray(parts, dtype=np.float32)


def accuracy(model: EmbeddedModel, rows: Sequence[Row]) -> float:
    """Return the share of pairs whose likeliest label is the right one."""
    names = ("entailment", "neutral", "contradiction")
    right = 0
    for row, scores in zip(
        rows, model.score([Pair(row["premise"], row["hypothesis"]) for row in rows]), strict=True
    ):
        values = (scores.entails, scores.neutral, scores.contradicts)
        right += names[values.index(max(values))] == row["label"]
    return right / len(rows)


def _some(rows: Sequence[Row]) -> list[Row]:
    return list(rows[:: max(1, len(rows) // SOME)][:SOME])
