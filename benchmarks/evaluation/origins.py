"""Labelled stories × the product → how many links between copies are right, and how many are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import yaml

from monitor.judge.files import read_articles
from monitor.judge.model import EmbeddedModel
from monitor.read.copies import Body
from monitor.read.origins import find_copies, sketch

PAIRS = Path(__file__).parent / "copies.yaml"
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # many dates are unknown: all are compared, which is harder
Pair = frozenset[str]


def measure(shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield precision and recall of links: on the story, on those that thresholds were set on, on the others."""
    known = {
        name: {frozenset(map(str, pair)) for pair in pairs}
        for name, pairs in yaml.safe_load(PAIRS.read_text(encoding="utf-8")).items()
    }
    yield "copies, `story`, P / R", rates({"story": linked(shared / "story", model)}, known)
    folders = sorted(path for path in (shared / "stories").iterdir() if path.is_dir())
    for rows, name in ((folders[1::2], "stories that set no threshold"), (folders[::2], "the others")):
        yield f"copies, {name}, P / R", rates({folder.name: linked(folder, model) for folder in rows}, known)


def linked(folder: Path, model: EmbeddedModel) -> set[Pair]:
    """Link the articles of a story as the daemon would; return the pairs by the ends of their ids."""
    articles = list(read_articles(folder / "articles.jsonl"))
    bodies = []
    for number, (_, version) in enumerate(articles):
        sentences = [sentence.text for sentence in version.sentences]
        bodies.append(Body(number, version.lang, version.text, sentences, model.embed(sentences)))
    sketches = [sketch(body, moment=ANY_TIME) for body in bodies]
    names = [article_id.rpartition("-")[2] for article_id, _ in articles]
    links = find_copies(sketches, [], body_of=bodies.__getitem__)
    return {frozenset((names[link.first], names[link.second])) for link in links}


def rates(found: Mapping[str, set[Pair]], known: Mapping[str, set[Pair]]) -> str:
    """Write precision and recall over some stories, with the numbers they are made of."""
    right = sum(len(pairs & known.get(name, set())) for name, pairs in found.items())
    links, copies = sum(map(len, found.values())), sum(len(known.get(name, ())) for name in found)
    return f"{right / max(1, links):.2f} / {right / max(1, copies):.2f} ({right} of {links} links, {copies} pairs)"
