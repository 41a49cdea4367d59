"""The embedded model and the rules → a table: how right they are on labelled stories, beside the start model.

Run: python benchmarks/evaluate.py [SHARED] (under 3 minutes). SHARED is the folder with story/, stories/ and
tools/score_story.py; without it, the folder `shared` next to the checkout. Only stories are scored that the
embedded weights never saw: the real one, and two of the 25 fictional ones.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from monitor.config import load_baseline
from monitor.judge.files import finding_row, read_articles
from monitor.judge.model import EmbeddedModel
from monitor.pipeline import Models, judge_articles
from monitor.records import Claim, Pair, PairScores, Stance, Version

SHARED = Path(__file__).parents[2] / "shared"
STORIES = ("story", "stories/coach-sacked", "stories/oil-spill")
UNPUBLISHED = "–"

# The start model as its own description measures it: the same weights before they became int8, each sentence with
# its five nearest claims, one threshold a verdict, tuned on the two fictional stories. Related F1 follows from its
# precision and recall; the share of pairs, from five claims of 12, 12 and 10.
PUBLISHED: Mapping[str, Mapping[str, str]] = {
    "story": {
        "macro F1": "0.17",
        "related F1": "0.51",
        "related P / R": "0.37 / 0.81",
        "false flags per 1,000": "65",
        "evidence right": "0.84",
        "confirms P / R": "0.38 / 0.53",
        "contradicts P / R": "0.03 / 0.12",
        "updates P / R": "0.15 / 0.23",
        "mentions P / R": "0.01 / 0.14",
        "labelled sentences lost": "0.14",
    },
    "stories/coach-sacked": {
        "macro F1": "0.43",
        "related F1": "0.64",
        "related P / R": "0.51 / 0.85",
        "false flags per 1,000": "96",
        "evidence right": "0.89",
        "confirms P / R": "0.48 / 0.74",
        "contradicts P / R": "0.38 / 0.63",
        "updates P / R": "0.29 / 0.48",
        "mentions P / R": "0.24 / 0.47",
        "labelled sentences lost": "0.03",
    },
    "stories/oil-spill": {
        "macro F1": "0.54",
        "related F1": "0.79",
        "related P / R": "0.73 / 0.85",
        "false flags per 1,000": "44",
        "evidence right": "0.97",
        "confirms P / R": "0.76 / 0.71",
        "contradicts P / R": "0.55 / 0.50",
        "updates P / R": "0.43 / 0.63",
        "mentions P / R": "0.38 / 0.43",
        "labelled sentences lost": "0.03",
    },
}


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
    asked: list[Pair]

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


def measure(folder: Path, model: EmbeddedModel, scoring: Scoring) -> dict[str, str]:
    """Judge a story as the product does; return what the table says of it, by name of the row."""
    claims = [claim for claim in load_baseline(folder / "claims.yaml").claims if claim.watch]
    articles = list(read_articles(folder / "articles.jsonl"))
    listening = Listening(model, [])
    found = [finding_row(*row) for row in judge_articles(articles, claims, Models(listening, listening))]
    result = scoring.score(folder, found)
    pairs = len(claims) * sum(len(version.sentences) for _, version in articles)
    verdicts = {stance: result["per_verdict"][stance] for stance in Stance}
    return {
        "articles, labels, findings": f"{result['articles']}, {result['labels']}, {result['findings']}",
        "macro F1": f"{result['macro_f1']:.2f}",
        "related F1": f"{result['related_f1']:.2f}",
        "related P / R": f"{result['related_precision']:.2f} / {result['related_recall']:.2f}",
        "false flags per 1,000": f"{result['false_flags_per_1000_unrelated_pairs']:.0f}",
        "evidence right": f"{result['evidence_right']:.2f}",
        "evidence verbatim": f"{result['evidence_verbatim']:.2f}",
        **{f"{v} P / R": f"{row['precision']:.2f} / {row['recall']:.2f}" for v, row in verdicts.items()},
        "asserter named right": f"{result['asserter_named_right']:.2f} of {result['asserter_named']}",
        "pairs that reach the pair score": f"{len(listening.asked) / pairs:.2f} of {pairs:,}",
        "labelled sentences lost": f"{lost(folder, dict(articles), claims, listening.asked, scoring):.2f}",
    }


def lost(
    folder: Path, articles: Mapping[str, Version], claims: Sequence[Claim], asked: Sequence[Pair], scoring: Scoring
) -> float:
    """Return the share of labels, ambiguous ones left out, whose sentence was never compared with the claim."""
    texts = {claim.id: claim.text for claim in claims}
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


def table(measured: Mapping[str, Mapping[str, str]]) -> str:
    """Lay out one column a story and, beside it, the figures published for the start model."""
    head = [cell for story in measured for cell in (f"`{story}`", "start model")]
    names = next(iter(measured.values()))
    lines = [["what", *head], ["---"] * (1 + len(head))]
    for name in names:
        cells = [(rows[name], PUBLISHED[story].get(name, UNPUBLISHED)) for story, rows in measured.items()]
        lines.append([name, *(cell for both in cells for cell in both)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print the table. Exit code 2 if the stories or the scoring tool are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=SHARED)
    shared: Path = parser.parse_args().shared
    scoring = load_scoring(shared / "tools/score_story.py")
    model = EmbeddedModel(threads=2)
    sys.stdout.write(table({story: measure(shared / story, model, scoring) for story in STORIES}) + "\n")


if __name__ == "__main__":
    main()
