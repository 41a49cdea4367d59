"""CheckThat! 2024 task 1 → monitor/claims/checkworthy_model.json: which sentences deserve to be checked.

Run: python -m training.checkworthy [SHARED] (about fifteen minutes on one core, nearly all of it for the vectors).
To be run again when the embedded weights or the features of monitor/claims/worth.py change: the model file says
what it was made from, and a test compares. SHARED is the folder with data/checkworthy.jsonl.gz; without it, the
folder `shared` next to the checkout.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn import __version__ as sklearn_version
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import StratifiedKFold

from monitor.claims.worth import FEATURES, MODEL_FILE, measure
from monitor.judge.model import EmbeddedModel, Embedder

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
OUT = ROOT / "monitor/claims" / MODEL_FILE
DATA = "data/checkworthy.jsonl.gz"
STRENGTHS = (0.003, 0.01, 0.03, 0.1)  # inverse regularisation; chosen by cross-validation on the training rows
# The vectors have length 1 and so small numbers that regularisation would hold them back more than the features.
VECTOR_SCALE = 5.0
LANGUAGE_SCALE = 3.0  # each language has its own share of worthy rows; that must not go into the other weights
LEAST_SPREAD = 0.2  # what is seen in one text of a hundred must not weigh more for it
FOLDS = 4

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """A text that people marked. part: train, or what it is measured on: test or dev."""

    text: str
    lang: str
    part: str
    worthy: bool


def read_rows(shared: Path) -> list[Row]:
    """Read the rows, each text once; a text that measures does not train.

    There is no training part in Spanish: half of its development part, drawn by a checksum of the text, trains.
    """
    with gzip.open(shared / DATA, "rt", encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    rows = [Row(row["text"], row["lang"], _part(row), row["checkworthy"]) for row in read]
    first = {row.text: row for row in sorted(rows, key=lambda row: row.part == "dev")}
    first |= {row.text: row for row in rows if row.part != "train"}
    return list(first.values())


def _part(row: dict[str, str]) -> str:
    return "train" if row["lang"] == "es" and zlib.crc32(row["text"].encode()) % 2 == 0 else row["split"]


def fit(rows: Sequence[Row], features: Array, vectors: Array, strength: float) -> tuple[Array, float]:
    """Return the weights of the columns of features and vectors together, and the bias of no language."""
    spread = np.maximum(features.std(axis=0), LEAST_SPREAD)
    langs = sorted({row.lang for row in rows})
    own = LANGUAGE_SCALE * np.array([[row.lang == lang for lang in langs] for row in rows], dtype=np.float64)
    columns = np.hstack([features / spread, vectors * VECTOR_SCALE, own])
    model = LogisticRegression(C=strength, max_iter=1000).fit(columns, [row.worthy for row in rows])
    seen, directed, spoken = np.split(model.coef_[0], [features.shape[1], -len(langs)])
    bias = model.intercept_[0] + spoken.mean() * LANGUAGE_SCALE
    return np.concatenate([seen / spread, directed * VECTOR_SCALE]), float(bias)


def choose_strength(rows: Sequence[Row], features: Array, vectors: Array) -> float:
    """Return the strength with the best average precision over folds, as a mean over languages."""

    def quality(strength: float) -> float:
        found = by_language(rows, left_out(rows, features, vectors, strength))
        sys.stderr.write(f"strength {strength}: {found}\n")
        return float(np.mean(list(found.values())))

    return max(STRENGTHS, key=quality)


def left_out(rows: Sequence[Row], features: Array, vectors: Array, strength: float) -> Array:
    """Return the probability of each row, from a model that was trained without its fold."""
    scores = np.zeros(len(rows))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    for train, left in folds.split(rows, [_stratum(row) for row in rows]):
        weights, bias = fit([rows[i] for i in train], features[train], vectors[train], strength)
        scores[left] = bias + np.hstack([features[left], vectors[left]]) @ weights
    return 1 / (1 + np.exp(-scores))


def thresholds(rows: Sequence[Row], worth: Array) -> dict[str, float]:
    """Return, for each language, the probability that parts worthy from other rows best: F1, in steps of 0.01."""
    found = {}
    for lang in sorted({row.lang for row in rows}):
        here = np.array([row.lang == lang for row in rows])
        worthy = np.array([row.worthy for row in rows])[here]
        by_step = [(float(f1_score(worthy, worth[here] >= step)), float(step)) for step in np.arange(1, 100) / 100]
        found[lang] = max(by_step)[1]
    return found


def _stratum(row: Row) -> str:
    return f"{row.lang} {row.worthy}"


def by_language(rows: Sequence[Row], scores: Array) -> dict[str, float]:
    """Return the average precision of each language and part."""
    found = {}
    for key in sorted({(row.lang, row.part) for row in rows}):
        here = np.array([(row.lang, row.part) == key for row in rows])
        worthy = np.array([row.worthy for row in rows])[here]
        found[" ".join(key)] = float(average_precision_score(worthy, scores[here]))
    return found


def measured(rows: Sequence[Row]) -> Array:
    """Measure each text in its language, in the order of the rows."""
    found = np.zeros((len(rows), len(FEATURES)))
    for lang in {row.lang for row in rows}:
        places = [place for place, row in enumerate(rows) if row.lang == lang]
        found[places] = measure([rows[place].text for place in places], lang)
    return found


def make(shared: Path, embedder: Embedder) -> dict[str, object]:
    """Train on the training rows, measure on the others; return what the model file holds."""
    rows = read_rows(shared)
    features = measured(rows)
    vectors = embedder.embed([row.text for row in rows]).astype(np.float64)
    trains = np.array([row.part == "train" for row in rows])
    training = [row for row in rows if row.part == "train"]
    strength = choose_strength(training, features[trains], vectors[trains])
    weights, bias = fit(training, features[trains], vectors[trains], strength)
    scores = np.hstack([features, vectors]) @ weights
    worthy_from = thresholds(training, left_out(training, features[trains], vectors[trains], strength))
    others = [row for row in rows if row.part != "train"]
    known = len(FEATURES)
    return {
        "made_from": {
            "command": "python -m training.checkworthy",
            "data": DATA,
            "data_sha256": hashlib.sha256((shared / DATA).read_bytes()).hexdigest(),
            "rows": len(training),
            "vectors": embedder.name,
            "scikit_learn": sklearn_version,
            "strength": strength,
        },
        "average_precision": {key: round(value, 3) for key, value in by_language(others, scores[~trains]).items()},
        "worthy_from": worthy_from,
        "bias": round(bias, 4),
        "weights": dict(zip(FEATURES, np.round(weights[:known], 4).tolist(), strict=True)),
        "direction": np.round(weights[known:], 4).tolist(),
    }


def main() -> None:
    """Write the model file, and print how right it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=SHARED)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--weights", type=Path, help="a folder with other embedded weights")
    args = parser.parse_args()
    made = make(args.shared, EmbeddedModel(threads=1, weights=args.weights))
    args.out.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(made["average_precision"]) + "\n")


if __name__ == "__main__":
    main()
