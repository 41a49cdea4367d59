"""Stories that choose → the numbers of judge/ that belong to the weights: tell apart, decide, be sure.

Run: python -m training.choose [--weights FOLDER]. Prints what does best on the stories under `choose` of
split.yaml, and beside it what it does on those under `test`, which choose nothing. A person copies the numbers.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from monitor.config import load_baseline
from monitor.judge.about import Weights, sense_of, tell_apart
from monitor.judge.context import hypotheses
from monitor.judge.files import read_articles
from monitor.judge.model import EmbeddedModel
from monitor.judge.stance import THRESHOLDS, Case, Judged, Thresholds, case_of, rule_on
from monitor.pipeline.judging import AskedClaim, Vectors, ask_model
from monitor.records import Claim, Stance, Version
from training.apart import choices_of, most_likely
from training.examples import read_rows
from training.stories import split

HERE = Path(__file__).parent
STEPS = tuple(step / 20 for step in range(2, 20))
# What a false flag per 1,000 unrelated pairs costs, in macro-F1: a reader loses more by it than by a miss.
FLAG_COSTS = 0.003
ROUNDS = 4
Key = tuple[str, str, str]  # article, claim, verdict


@dataclass(frozen=True, slots=True)
class Bench:
    """A story with all that the rules look at. cases: by article and claim, each with its place in the article."""

    cases: Mapping[tuple[str, str], Sequence[Case]]
    right: frozenset[Key]
    unsure: frozenset[tuple[str, str]]
    related: frozenset[tuple[str, str]]
    unrelated: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A story and what the model says of it. judged: by article, claim; labelled: claims by article, place."""

    claims: Sequence[Claim]
    vectors: Mapping[str, Vectors]
    versions: Mapping[str, Version]
    judged: Mapping[str, Mapping[str, Sequence[Judged]]]
    labels: Sequence[Mapping[str, object]]
    labelled: Mapping[str, Mapping[int, set[str]]]


def ask_about(folder: Path, model: EmbeddedModel) -> Asked:
    """Ask the model about every pair of a story that passes the cascade."""
    baseline = load_baseline(folder / "claims.yaml")
    claims, read_as = [claim for claim in baseline.claims if claim.watch], hypotheses(baseline.claims)
    vectors = {claim.id: model.embed([claim.text])[0] for claim in claims}
    versions = dict(read_articles(folder / "articles.jsonl"))
    asked = {claim.id: AskedClaim(claim, read_as[claim.id], vectors[claim.id]) for claim in claims}
    judged = {
        article: ask_model(version, asked, model.embed([s.text for s in version.sentences]), model.score)
        for article, version in versions.items()
    }
    labels = read_rows(folder / "labels.jsonl")
    return Asked(claims, vectors, versions, judged, labels, _labelled(labels, versions))


def _labelled(
    labels: Sequence[Mapping[str, object]], versions: Mapping[str, Version]
) -> dict[str, dict[int, set[str]]]:
    """Find the sentences that labels show as evidence."""
    found: dict[str, dict[int, set[str]]] = {}
    for row in labels:
        article, version = str(row["article_id"]), versions[str(row["article_id"])]
        start = version.text.find(str(row["evidence"]))
        for sentence in version.sentences:
            if sentence.start <= start < sentence.end:
                found.setdefault(article, {}).setdefault(sentence.index, set()).add(str(row["claim_id"]))
    return found


def told_apart(asked: Asked, weights: Weights) -> Bench:
    """Say which claim each sentence is about, and gather what the rules look at."""
    senses = {claim.id: sense_of(claim, asked.vectors[claim.id]) for claim in asked.claims}
    cases = {}
    for article, judged in asked.judged.items():
        told = tell_apart(judged, senses, asked.versions[article].lang, weights=weights)
        for claim in asked.claims:
            if told[claim.id]:
                cases[article, claim.id] = [case_of(claim, asked.versions[article], one) for one in told[claim.id]]
    return bench_of(asked.labels, len(asked.versions), cases)


def bench_of(
    labels: Sequence[Mapping[str, object]], articles: int, cases: Mapping[tuple[str, str], Sequence[Case]]
) -> Bench:
    """Count what there is to find as score_story.py does. articles: how many the story has."""
    related = frozenset((str(row["article_id"]), str(row["claim_id"])) for row in labels)
    return Bench(
        cases,
        frozenset(
            (str(r["article_id"]), str(r["claim_id"]), str(r["verdict"])) for r in labels if not r["ambiguous"]
        ),
        frozenset((str(r["article_id"]), str(r["claim_id"])) for r in labels if r["ambiguous"]),
        related,
        articles * len({claim for _, claim in related}) - len(related),
    )


def found(bench: Bench, at: Thresholds) -> dict[Key, float]:
    """Return what decide() would find, each with its highest score."""
    best: dict[Key, float] = {}
    for (article, claim), cases in bench.cases.items():
        for case in cases:
            ruling, _ = rule_on(replace(case, at=at))
            if ruling.stance is not None:
                key = (article, claim, str(ruling.stance))
                best[key] = max(best.get(key, 0.0), ruling.score)
    flagged = {key[:2] for key in best if key[2] != Stance.MENTIONS}
    return {key: score for key, score in best.items() if key[2] != Stance.MENTIONS or key[:2] not in flagged}


def macro_f1(benches: Sequence[Bench], keys: Sequence[Mapping[Key, float]]) -> float:
    """Return the mean F1 of the verdicts that are labelled, over all stories taken together.

    A story alone has few labels of a verdict, and its F1 says little. Counted as score_story.py counts a story.
    """
    total = []
    for stance in Stance:
        labelled, made, hit = 0, 0, 0
        for bench, found_there in zip(benches, keys, strict=True):
            right = {key for key in bench.right if key[2] == stance}
            mine = {k for k in found_there if k[2] == stance and (k in right or k[:2] not in bench.unsure)}
            labelled, made, hit = labelled + len(right), made + len(mine), hit + len(right & mine)
        if labelled:
            total.append(2 * hit / (labelled + made))
    return sum(total) / len(total)


def false_flags(benches: Sequence[Bench], keys: Sequence[Mapping[Key, float]]) -> float:
    """Return the flags on unrelated pairs, per 1,000 of them, over all stories taken together."""
    flagged = 0
    for bench, found_there in zip(benches, keys, strict=True):
        flagged += len({key[:2] for key in found_there if key[2] != Stance.MENTIONS} - bench.related)
    return 1000 * flagged / sum(bench.unrelated for bench in benches)


def worth(benches: Sequence[Bench], at: Thresholds) -> float:
    """Return the macro-F1 less what false flags cost."""
    keys = [found(bench, at) for bench in benches]
    return macro_f1(benches, keys) - FLAG_COSTS * false_flags(benches, keys)


def best_thresholds(benches: Sequence[Bench], start: Thresholds) -> Thresholds:
    """Try each step of each threshold in turn, a few times over, keeping what is better."""
    best, highest = start, worth(benches, start)
    for _ in range(ROUNDS):
        for field in fields(Thresholds):
            for step in STEPS:
                tried = replace(best, **{field.name: step})
                if (value := worth(benches, tried)) > highest + 1e-9:
                    best, highest = tried, value
    return best


def calibration(benches: Sequence[Bench], at: Thresholds, stance: Stance) -> tuple[float, float]:
    """Fit slope and offset to the logit of the scores of findings (Platt, 1999)."""
    pairs = [
        (score, key in bench.right)
        for bench in benches
        for key, score in found(bench, at).items()
        if key[2] == stance and (key in bench.right or key[:2] not in bench.unsure)
    ]
    x = np.array([_logit(score) for score, _ in pairs])
    # Platt's targets, so that a few findings do not ask for certainty.
    positive = sum(right for _, right in pairs)
    y = np.where([right for _, right in pairs], (positive + 1) / (positive + 2), 1 / (len(pairs) - positive + 2))
    slope, offset = 1.0, 0.0
    for _ in range(5000):
        gap = 1 / (1 + np.exp(-(slope * x + offset))) - y
        slope -= 0.05 * (float(np.mean(gap * x)) + 0.02 * (slope - 1))
        offset -= 0.05 * float(np.mean(gap))
    return round(slope, 2), round(offset, 2)


def _logit(score: float) -> float:
    bounded = min(max(score, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def main() -> None:
    """Choose, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    args = parser.parse_args()
    model = EmbeddedModel(threads=2, weights=args.weights)
    stories = [[ask_about(_folder(name, args.shared), model) for name in sorted(names)] for names in split()]
    apart = most_likely(
        [
            choice
            for story in stories[0]
            for article, judged in story.judged.items()
            for choice in choices_of(judged, story.labelled.get(article, {}))
        ]
    )
    sys.stdout.write(f"{apart}\n")
    choosing, testing = ([told_apart(story, apart) for story in part] for part in stories)
    best = best_thresholds(choosing, THRESHOLDS)
    for name, at in (("as they are", THRESHOLDS), ("chosen", best)):
        for part, benches in (("choose", choosing), ("test", testing)):
            keys = [found(bench, at) for bench in benches]
            macro, flags = macro_f1(benches, keys), false_flags(benches, keys)
            sys.stdout.write(f"{name}, {part}: macro-F1 {macro:.3f}, false flags {flags:.1f}\n")
    sys.stdout.write(f"{best}\n")
    for stance in Stance:
        sys.stdout.write(f"{stance}: slope, offset {calibration(choosing, best, stance)}\n")


def _folder(name: str, shared: Path) -> Path:
    return next(p for p in (HERE / "data/stories" / name, shared / "stories" / name) if p.is_dir())


if __name__ == "__main__":
    main()
