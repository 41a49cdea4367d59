"""The model and the line of judging → how large, how fast to load, how many texts, pairs and articles a second."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.evaluation.stories import folders
from monitor.config import load_baseline
from monitor.judge.files import read_articles
from monitor.judge.model import EmbeddedModel
from monitor.pipeline import Models, judge_articles
from monitor.read.sentences import split_sentences
from monitor.records import Claim, Pair, Version
from training.stories import read_story

LONG = 30  # sentences of an article
ARTICLES = 20  # of each kind; a quarter of them against many claims, which take longer
ON_THE_STORY = (
    10  # one article in so many is on the story of the claims; the rest of the news is about other things
)
# Not ru_maxrss: a new process inherits that from the one that started it.
LOAD = """
import time
began = time.perf_counter()
from pathlib import Path
from monitor.judge.model import EmbeddedModel
from monitor.records import Pair
model = EmbeddedModel(threads=2, weights={weights!r} and Path({weights!r}))
took = time.perf_counter() - began
model.score([Pair("word " * 400, "claim")] * 4)
status = Path("/proc/self/status").read_text().splitlines()
print(took, int(next(line.split()[1] for line in status if line.startswith("VmHWM"))) / 1024)
"""


def measure(shared: Path, model: EmbeddedModel, weights: Path | None = None) -> Iterator[tuple[str, str]]:
    """Yield sizes and speeds. weights: the folder they came from; None: the package's."""
    folder = weights or Path(__file__).parents[2] / "monitor/judge/weights"
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    yield "weights and tokenizer on disk", f"{size / 1e6:.1f} MB"
    script = LOAD.format(weights=str(weights or ""))
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    yield "load, in a new process with the libraries", f"{float(told[0]):.2f} s"
    yield "memory at its highest, loaded and scoring", f"{float(told[1]):.0f} MB"
    story = folders(shared)["story"]
    claims = [claim for claim in load_baseline(story / "claims.yaml").claims if claim.watch]
    about = _sentences([story])
    rest = _news(shared)
    began = perf_counter()
    model.embed(rest[:400])
    yield "texts embedded per second", f"{400 / (perf_counter() - began):.0f}"
    pairs = [Pair(text, claims[number % len(claims)].text) for number, text in enumerate(about[:150])]
    began = perf_counter()
    model.score(pairs)
    yield "pairs scored per second", f"{len(pairs) / (perf_counter() - began):.0f}"
    mixed, on_it = _articles(about, rest, ON_THE_STORY), _articles(about, rest, 1)
    many = _many_claims(claims, shared / "stories")
    for watched, articles, name in (
        (claims, mixed, "12 claims, one article in ten on the story"),
        (claims, on_it, "12 claims, every article on the story"),
        (many[:100], mixed[: ARTICLES // 2], "100 claims, one article in ten on the story"),
        (many[:1000], mixed[: ARTICLES // 4], "1,000 claims, one article in ten on the story"),
    ):
        yield f"articles of {LONG} sentences per second, {name}", f"{_rate(articles, watched, model):.1f}"


def _rate(articles: Sequence[tuple[str, Version]], claims: Sequence[Claim], model: EmbeddedModel) -> float:
    list(
        judge_articles(articles[:1], claims, Models(model, model))
    )  # claims are embedded once, not for each article
    fixed = perf_counter()
    list(judge_articles([], claims, Models(model, model)))
    fixed = perf_counter() - fixed
    began = perf_counter()
    list(judge_articles(articles, claims, Models(model, model)))
    return len(articles) / (perf_counter() - began - fixed)


def _news(shared: Path) -> list[str]:
    """Return the sentences of real news pages on all kinds of things."""
    with tarfile.open(shared / "corpora/news-pages-with-text.tar.gz") as tar:
        truths = tar.extractfile("aeb/ground-truth.json")
        texts = [row["articleBody"] for row in json.load(truths).values()] if truths else []
    return [sentence.text for text in texts for sentence in split_sentences(text, "en")]


def _sentences(folders_of_stories: Sequence[Path]) -> list[str]:
    return [
        sentence.text
        for folder in folders_of_stories
        for _, version in read_articles(folder / "articles.jsonl")
        for sentence in version.sentences
    ]


def _articles(about: Sequence[str], rest: Sequence[str], every: int) -> list[tuple[str, Version]]:
    """Put sentences together to articles of LONG sentences: one in `every` is on the story, the rest news."""
    made = []
    for number in range(ARTICLES):
        source = about if number % every == 0 else rest
        start = number * LONG % (len(source) - LONG)
        text = "\n".join(source[start : start + LONG])
        made.append((str(number), Version(0, 0, "", "", None, None, text, split_sentences(text, None))))
    return made


def _many_claims(claims: Sequence[Claim], shared_stories: Path) -> list[Claim]:
    """Return the story's claims, and those of all other stories in every wording there is."""
    made = list(claims)
    data = Path(__file__).parents[2] / "training/data"
    for folder in (*sorted(shared_stories.glob("*/")), *sorted((data / "stories").glob("*/"))):
        for claim in read_story(folder, data / "wordings" / f"{folder.name}.yaml").claims:
            made += [
                Claim(f"{folder.name}-{claim.id}-{lang}", text, lang) for lang, text in claim.wordings.items()
            ]
    return made
