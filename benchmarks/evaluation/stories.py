"""Labelled stories × the product → how right its findings are, and how far its scores can be believed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import yaml
from numpy.typing import NDArray

from monitor.config import load_baseline
from monitor.judge.context import hypotheses
from monitor.judge.files import finding_row, read_articles
from monitor.judge.model import EmbeddedModel
from monitor.pipeline import Models, judge_articles
from monitor.records import Claim, Pair, PairScores, Stance, Version

TRAINING = Path(__file__).parents[2] / "training"
LOOKED_AT = Path(__file__).parent / "looked_at.yaml"
BINS = 10


class Scoring(Protocol):
    """What is used of score_story.py. Its results and rows are parsed JSON, and of mixed types."""

    def score(self, story: Path, findings: Sequence[Mapping[str, object]]) -> Mapping[str, Any]:
        """Score findings against a story's labels."""

    def same_sentence(self, a: str, b: str) -> bool:
        """Tell whether two texts are one sentence."""

    def rows(self, path: Path) -> list[dict[str, Any]]:
        """Read JSON Lines."""


@dataclass(slots=True)
class Listening:
    """A model that keeps what it was asked, to tell which pairs reached it."""

    model: EmbeddedModel
    asked: list[Pair] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name the model that answers."""
        return self.model.name

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        """Keep the pairs, and score them."""
        self.asked += pairs
        return self.model.score(pairs)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of the model."""
        return self.model.embed(texts)


def load_scoring(path: Path) -> Scoring:
    """Load score_story.py from where it lies. Exits with one line if it is not there."""
    spec = importlib.util.spec_from_file_location("score_story", path)
    if not path.is_file() or spec is None or spec.loader is None:
        sys.stderr.write(f"{path}: no such file. Pass the folder that holds story/, stories/ and tools/.\n")
        raise SystemExit(2)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast(Scoring, module)  # a module has no type of its own


def folders(shared: Path) -> dict[str, Path]:
    """Return the stories that never trained the weights, by name: the real-life one first."""
    split = yaml.safe_load((TRAINING / "split.yaml").read_text(encoding="utf-8"))
    names = [*split["choose"], *split["test"]]
    places = {name: [shared / "stories" / name, TRAINING / "data/stories" / name] for name in names}
    found = {name: next(place for place in tried if place.is_dir()) for name, tried in places.items()}
    return {"story": shared / "story", **found}


def labelled_folders(shared: Path) -> list[Path]:
    """List the folders of all labelled stories but the real-life one, by name."""
    found = [*(shared / "stories").iterdir(), *(TRAINING / "data/stories").iterdir()]
    return sorted((folder for folder in found if folder.is_dir()), key=lambda folder: folder.name)


def looked_at(folders: Sequence[Path], *, yes: bool) -> list[Path]:
    """Choose the stories on which the rules for figures, kinds and asserters were developed, or the others."""
    names = frozenset(yaml.safe_load(LOOKED_AT.read_text(encoding="utf-8")))
    return [folder for folder in folders if (folder.name in names) == yes]


def by_source(folders: Sequence[Path], shared: Path) -> Mapping[str, list[Path]]:
    """Part the given stories, on which bars stand, from our own, which are longer and harder."""
    given = [folder for folder in folders if folder.parent.parent == shared]
    return {"given": given, "own": [folder for folder in folders if folder not in given]}


def measure(shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Judge each story as the product does; yield the rows of the table."""
    scoring = load_scoring(shared / "tools/score_story.py")
    sure: list[tuple[float, bool]] = []
    for name, folder in folders(shared).items():
        sys.stderr.write(f"{name} …\n")
        for row, value in _story(folder, model, scoring, sure if name != "story" else []):
            yield f"`{name}`: {row}", value
    yield "expected calibration error of a finding's score, fictional stories", f"{calibration_error(sure):.3f}"


def _story(
    folder: Path, model: EmbeddedModel, scoring: Scoring, sure: list[tuple[float, bool]]
) -> Iterator[tuple[str, str]]:
    claims = load_baseline(folder / "claims.yaml").claims
    articles = list(read_articles(folder / "articles.jsonl"))
    listening = Listening(model)
    outlets = {article: version.outlet for article, version in articles}
    judged = judge_articles(articles, claims, Models(listening, listening))
    found = [finding_row(article, finding, outlet=outlets[article]) for article, finding in judged]
    result = scoring.score(folder, found)
    sure += outcomes(scoring.rows(folder / "labels.jsonl"), found)
    pairs = sum(claim.watch for claim in claims) * sum(len(version.sentences) for _, version in articles)
    yield "articles, labels, findings", f"{result['articles']}, {result['labels']}, {result['findings']}"
    yield "macro F1", f"{result['macro_f1']:.2f}"
    yield "related F1", f"{result['related_f1']:.2f}"
    yield "related P / R", f"{result['related_precision']:.2f} / {result['related_recall']:.2f}"
    yield "false flags per 1,000", f"{result['false_flags_per_1000_unrelated_pairs']:.0f}"
    yield "evidence right", f"{result['evidence_right']:.2f}"
    yield "evidence verbatim", f"{result['evidence_verbatim']:.2f}"
    for stance in Stance:
        row = result["per_verdict"][stance]
        yield f"{stance} P / R", f"{row['precision']:.2f} / {row['recall']:.2f}"
    yield "asserter named right", f"{result['asserter_named_right']:.2f} of {result['asserter_named']}"
    languages = result["per_language_micro_f1"]
    yield "micro F1 by language", ", ".join(f"{lang} {value:.2f}" for lang, value in languages.items())
    yield "pairs that reach the pair score", f"{len(listening.asked) / pairs:.2f} of {pairs:,}"
    missed = lost(folder, dict(articles), claims, listening.asked, scoring)
    yield "labelled sentences lost", f"{missed:.3f}"


def outcomes(
    labels: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[float, bool]]:
    """Yield the score of each finding and whether it is right; those on ambiguous pairs are left out."""
    right = {
        (label["article_id"], label["claim_id"], label["verdict"]) for label in labels if not label["ambiguous"]
    }
    unsure = {(label["article_id"], label["claim_id"]) for label in labels if label["ambiguous"]}
    for row in found:
        key = (row["article_id"], row["claim_id"], row["verdict"])
        if key in right or key[:2] not in unsure:
            yield row["score"], key in right


def calibration_error(sure: Sequence[tuple[float, bool]]) -> float:
    """Return how far scores and shares of right ones lie apart, weighted over ten bins (Naeini et al., 2015)."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for score, right in sure:
        bins.setdefault(min(int(score * BINS), BINS - 1), []).append((score, right))
    gaps = (abs(sum(score for score, _ in bin) - sum(right for _, right in bin)) for bin in bins.values())
    return sum(gaps) / max(1, len(sure))


def lost(
    folder: Path, articles: Mapping[str, Version], claims: Sequence[Claim], asked: Sequence[Pair], scoring: Scoring
) -> float:
    """Return the share of labels, ambiguous ones left out, whose sentence was never compared with the claim."""
    texts = hypotheses(claims)
    compared = {(pair.premise, pair.hypothesis) for pair in asked}
    labels = [
        label
        for label in scoring.rows(folder / "labels.jsonl")
        if label["claim_id"] in texts and not label["ambiguous"]
    ]
    kept = sum(
        any(
            (sentence.text, texts[label["claim_id"]]) in compared
            for sentence in articles[label["article_id"]].sentences
            if scoring.same_sentence(sentence.text, label["evidence"])
        )
        for label in labels
    )
    return 1 - kept / len(labels)
