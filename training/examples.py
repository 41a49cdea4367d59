"""Data files → Examples: what the network is trained on."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

VERDICTS = ("confirms", "contradicts", "updates", "mentions", "unrelated")
SCORES = ("entailment", "neutral", "contradiction")

# Inference sets that state a licence which allows weights to be shipped, and how many of their pairs train. Those
# that state none (LingNLI, HealthVer, COVID-Fact, Climate-FEVER) are left out.
LICENSED: Mapping[str, int] = {
    "mnli": 10_000,
    "snli": 10_000,
    "fever_dev_pairs": 5_000,
    "fever_symmetric": 1_500,
    "indonli": 6_000,
    "klue_nli": 3_000,
    "jnli": 2_500,
    "rte3": 3_300,
    "terra": 3_000,
    "farstail": 1_500,
    "negation_nli": 4_500,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A pair and what is right for it.

    context: what stands around the sentence, or "". scores: the labels of the three-way output, of which one
    is right; empty: this example says nothing about it. verdicts: the same for the five-way output.
    """

    premise: str
    hypothesis: str
    context: str
    scores: frozenset[str]
    verdicts: frozenset[str]
    weight: float = 1.0


def read_rows(path: Path) -> list[dict[str, object]]:
    """Read JSON Lines, packed or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def inference_pairs(shared: Path, rng: random.Random) -> Iterator[Example]:
    """Read the inference sets of LICENSED, without pairs that stand in a set that measures (two, in 2026).

    Their labels say less about verdicts, and count for less there.
    """
    measured = {(row["premise"], row["hypothesis"]) for row in read_rows(shared / "data/nli-dev.jsonl.gz")}
    by_source: dict[str, list[Mapping[str, str]]] = {}
    for row in read_rows(shared / "data/nli-train.jsonl.gz"):
        if (row["premise"], row["hypothesis"]) in measured:
            continue
        by_source.setdefault(str(row["source"]), []).append({key: str(value) for key, value in row.items()})
    for source, most in LICENSED.items():
        rows = by_source[source]
        for text in rng.sample(rows, min(most, len(rows))):
            yield inference_example(text["premise"], text["hypothesis"], _label(source, text["label"]))
    yield from across_languages(by_source["rte3"], rng)


def inference_example(premise: str, hypothesis: str, label: str) -> Example:
    """Turn an inference label into what it says about both outputs."""
    verdicts = {
        "entailment": {"confirms"},
        "contradiction": {"contradicts"},
        "neutral": {"mentions", "unrelated", "updates"},
        "not_entailment": {"mentions", "unrelated", "updates", "contradicts"},
    }[label]
    scores = {"neutral", "contradiction"} if label == "not_entailment" else {label}
    return Example(premise, hypothesis, "", frozenset(scores), frozenset(verdicts), 0.5)


def across_languages(rows: Sequence[Mapping[str, str]], rng: random.Random) -> Iterator[Example]:
    """Pair the same RTE-3 question in two languages: the premise in one, the hypothesis in another.

    The four translations carry no common number. They are matched by the label and by the numbers and capitalised
    words of the premise, where these are unique in both languages; the rest is left out.
    """
    by_lang: dict[str, dict[tuple[object, ...], list[Mapping[str, str]]]] = {}
    for row in rows:
        by_lang.setdefault(row["lang"], {}).setdefault(_fingerprint(row), []).append(row)
    for one, first in by_lang.items():
        for other, second in by_lang.items():
            for key, mine in first.items():
                theirs = second.get(key, [])
                if one != other and len(mine) == len(theirs) == 1 and len(key[0]) >= 2:  # type: ignore[arg-type]
                    yield inference_example(mine[0]["premise"], theirs[0]["hypothesis"], mine[0]["label"])


def _fingerprint(row: Mapping[str, str]) -> tuple[object, ...]:
    def names(text: str) -> frozenset[str]:
        return frozenset(re.findall(r"\d+|(?<=[a-zà-ü] )[A-Z][a-z]{3,}", text))

    return (names(row["premise"]), row["label"])


def _label(source: str, label: str) -> str:
    # FEVER's pairs of two call all that is not supported a contradiction.
    return "not_entailment" if source == "fever_dev_pairs" and label == "contradiction" else label
