"""Choosing thresholds: what is counted there is what score_story.py counts."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest

from training.choose import bench_of, false_flags, macro_f1
from training.examples import read_rows

ROOT = Path(__file__).parents[2]
STORY = ROOT / "training/data/stories/troop-exchange"
SCORER = ROOT.parent / "shared/tools/score_story.py"


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    """The scorer that everything is measured with, which lies outside of this repository."""
    if not SCORER.is_file():
        pytest.skip("score_story.py is not part of this repository")
    spec = importlib.util.spec_from_file_location("score_story", SCORER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(5))
def test_counts_are_those_of_the_scorer(seed: int, scorer: ModuleType) -> None:
    """Thousands of counts in a run need a faster way; a faster way may count something else."""
    rng = random.Random(seed)
    labels = [row | {"ambiguous": rng.random() < 0.1} for row in read_rows(STORY / "labels.jsonl")]
    articles = [str(row["id"]) for row in read_rows(STORY / "articles.jsonl")]
    claims = sorted({str(row["claim_id"]) for row in labels})
    right = [(str(row["article_id"]), str(row["claim_id"]), str(row["verdict"])) for row in labels]
    drawn = [
        (rng.choice(articles), rng.choice(claims), rng.choice(scorer.VERDICTS)) for _ in range(len(right) // 2)
    ]
    found = dict.fromkeys(rng.sample(right, len(right) // 2) + drawn, 1.0)
    bench = bench_of(labels, len(articles), {})
    expected = _scored(scorer, labels, found)
    for times in (1, 2):  # the same story twice is no other story
        assert macro_f1([bench] * times, [found] * times) == pytest.approx(expected["macro_f1"])
        flags = false_flags([bench] * times, [found] * times)
        assert flags == pytest.approx(expected["false_flags_per_1000_unrelated_pairs"])


def _scored(
    scorer: ModuleType, labels: list[dict[str, object]], found: dict[tuple[str, str, str], float]
) -> dict[str, float]:
    rows = {"articles.jsonl": read_rows(STORY / "articles.jsonl"), "labels.jsonl": labels}
    vars(scorer)["rows"] = lambda path: rows[Path(path).name]  # some labels are made ambiguous for this test
    findings = [
        {"article_id": article, "claim_id": claim, "verdict": verdict} for article, claim, verdict in found
    ]
    result: dict[str, float] = scorer.score(STORY, findings)
    return result
