"""Sentence → its worth: how much it deserves to be checked, by a small trained model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import yaml
from numpy.typing import NDArray

from monitor.claims.attribution import asserted_by
from monitor.claims.cues import WITHOUT_CAPITALS
from monitor.claims.manner import manner_of
from monitor.claims.quantities import figures
from monitor.errors import ModelError
from monitor.records import Manner

MODEL_FILE = "checkworthy_model.json"
FEATURES = (
    "figures",  # how many, up to three
    "large figure",  # one of 100 or more, or a share, or money
    "date",  # a year or a day
    "names",  # runs of capitals after the first word, up to three
    "says",  # a word for saying
    "attributed",  # somebody is named who says it
    "deeds",  # what news reports that somebody did or suffered, up to two words
    "opinion",  # words of the writer's own view, up to three
    "question",
    "exclamation",
    "quotation",
    "link or tag",  # as in posts; news has none
    "length",  # in words, as a logarithm
    "long",  # more than 30 words
    *(f"manner: {manner}" for manner in Manner if manner is not Manner.STATEMENT),
)
LONG_WORDS = 30
SIGNS_A_WORD = 3  # Japanese and Chinese: signs to a word


@dataclass(frozen=True, slots=True)
class WorthModel:
    """A logistic regression on FEATURES and the sentence's vector.

    weights: one for each of FEATURES. direction: (width of the vectors,). vectors: the name of the model that
    made the vectors it was trained on; other vectors mean nothing to it. worthy_from: by language, the probability
    that parted worthy sentences from others best where it was trained.
    """

    vectors: str
    worthy_from: Mapping[str, float]
    bias: float
    weights: NDArray[np.float64]
    direction: NDArray[np.float64]

    def worth(self, measured: NDArray[np.float64], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return probabilities in [0, 1], one a row: measured is (n, len(FEATURES)), vectors (n, width)."""
        return 1 / (1 + np.exp(-(self.bias + measured @ self.weights + vectors @ self.direction)))


@cache
def packaged_model() -> WorthModel:
    """Load the model of the package. Raises ModelError if it was made for other features."""
    row = json.loads(resources.files("monitor.claims").joinpath(MODEL_FILE).read_text(encoding="utf-8"))
    if tuple(row["weights"]) != FEATURES:
        raise ModelError(f"{MODEL_FILE}: made for other features. Make it again: python -m training.checkworthy.")
    weights = np.array(list(row["weights"].values()), dtype=np.float64)
    return WorthModel(
        row["made_from"]["vectors"], row["worthy_from"], row["bias"], weights, np.array(row["direction"])
    )


def measure(texts: Sequence[str], lang: str | None) -> NDArray[np.float64]:
    """Measure what a reader can point at in each text: (n, len(FEATURES))."""
    rows = [list(_measured(text, lang)) for text in texts]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _measured(text: str, lang: str | None) -> Iterator[float]:
    found = figures(text, lang)
    manner = manner_of(text, lang).manner
    words = len(text) / SIGNS_A_WORD if lang in ("ja", "zh") else len(re.findall(r"[^\W_]+", text))
    yield min(3, len(found))
    yield any(figure.high >= 100 or figure.unit in ("share", "%") for figure in found)
    yield has_date(text)
    yield min(3, count_names(text, lang))
    yield bool(hits("says", text, lang))
    yield asserted_by(text, lang) is not None
    yield min(2, len(hits("deeds", text, lang)))
    yield min(3, len(hits("opinion", text, lang)))
    yield is_question(text)
    yield bool(re.search(r"[!！]\W*$", text))
    yield bool(re.search(r"[«„“「『\"]", text))
    yield bool(re.search(r"https?://|[#@]\w", text))
    yield float(np.log1p(words))
    yield words > LONG_WORDS
    yield from (manner is kind for kind in Manner if kind is not Manner.STATEMENT)


def is_question(text: str) -> bool:
    """Say whether a text ends as a question does; in Japanese, without a question mark too."""
    return bool(re.search(r"[?？؟]\W*$|か。$", text))


def has_date(text: str) -> bool:
    """Say whether a text names a year or, in East Asian languages, a month."""
    return bool(re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2} ?[月월]", text))


def hits(table: str, text: str, lang: str | None) -> list[str]:
    """Return the words of a table of checkworthy.yaml that stand in a text."""
    pattern = _patterns(table).get(lang or "")
    return pattern.findall(text.lower()) if pattern else []


def count_names(text: str, lang: str | None) -> int:
    """Count runs of capitalised words after the first word; German nouns are all capitalised and count a third."""
    if lang in WITHOUT_CAPITALS:
        return len(re.findall(r"[ァ-ヴー]{3,}|[A-Z][A-Za-z]+", text))
    runs = len(re.findall(r"(?<=[^\W_][ ,«\"'’(-])\s*(?:[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ][^\W\d_]+[ -]?)+", text))
    return runs // 3 if lang == "de" else runs


@cache
def _patterns(table: str) -> Mapping[str, re.Pattern[str]]:
    return {lang: _pattern(words, lang) for lang, words in word_tables()[table].items()}


@cache
def word_tables() -> Mapping[str, Mapping[str, str]]:
    """Return the tables of checkworthy.yaml: words by language."""
    text = resources.files("monitor.claims").joinpath("checkworthy.yaml").read_text(encoding="utf-8")
    rows: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return rows


def _pattern(words: str, lang: str) -> re.Pattern[str]:
    return re.compile("|".join(_alternatives(words.split(), whole=lang not in ("ja", "ko", "zh"))))


def _alternatives(words: Sequence[str], *, whole: bool) -> Iterator[str]:
    for word in words:
        plain = re.escape(word.rstrip("*").replace("_", " "))
        end = r"[^\W_]*" if word.endswith("*") else r"(?![^\W_])"
        yield rf"(?<![^\W_]){plain}{end}" if whole else plain
