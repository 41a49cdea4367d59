"""Measure reading: token F1 and pages per second on 181 news pages, against trafilatura on its own.

The limits in monitor/read/extract.py and boilerplate.py were tuned on these same pages, so our F1 flatters.

Run: python -m benchmarks.bench_read ../shared/corpora/news-pages-with-text.tar.gz
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import trafilatura

from monitor.errors import ReadError
from monitor.read.extract import extract_article

DEFAULT = Path(__file__).parents[1] / "../shared/corpora/news-pages-with-text.tar.gz"
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class NewsPage:
    """A real page, its address, and the article text that a person marked on it."""

    body: bytes
    url: str
    truth: str


def load_pages(archive: Path) -> list[NewsPage]:
    """Read all pages of the archive that come with a text."""
    with tarfile.open(archive) as tar:
        files = {member.name: tar.extractfile(member) for member in tar.getmembers() if member.isfile()}
        contents = {name: file.read() for name, file in files.items() if file}
    truths = json.loads(contents["aeb/ground-truth.json"])
    return [
        NewsPage(gzip.decompress(contents[f"aeb/html/{key}.html.gz"]), row["url"], row["articleBody"])
        for key, row in truths.items()
    ]


def token_scores(found: str, truth: str) -> tuple[float, float, float]:
    """Compare two texts as bags of words: F1, precision, recall, each in [0, 1]."""
    ours, theirs = Counter(WORD.findall(found)), Counter(WORD.findall(truth))
    common = sum((ours & theirs).values())
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / sum(ours.values()), common / sum(theirs.values())
    return 2 * precision * recall / (precision + recall), precision, recall


def measure(name: str, read: Callable[[NewsPage], str], pages: list[NewsPage]) -> str:
    """Read all pages in one process; return a row of the table."""
    read(pages[0])  # what is loaded on first use does not count
    began = time.process_time()
    found = [read(page) for page in pages]
    seconds = time.process_time() - began
    scores = [token_scores(text, page.truth) for text, page in zip(found, pages, strict=True)]
    f1, precision, recall = (mean(column) for column in zip(*scores, strict=True))
    return f"| {name} | {f1:.3f} | {precision:.3f} | {recall:.3f} | {len(pages) / seconds:.0f} |"


def ours(page: NewsPage) -> str:
    """Read as the product does, with all facts about the page; a refusal is an empty text."""
    try:
        return extract_article(page.body, url=page.url).text
    except ReadError:
        return ""


def main() -> int:
    """Print one Markdown table. Exit code 2 if the archive is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, nargs="?", default=DEFAULT)
    archive: Path = parser.parse_args().archive
    if not archive.is_file():
        print(f"{archive}: no such file. Pass the archive of news pages with their texts.", file=sys.stderr)  # noqa: T201
        return 2
    pages = load_pages(archive)
    rows = [
        "| reader | token F1 | precision | recall | pages per CPU second |",
        "|---|---|---|---|---|",
        measure("monitor, with title, author, dates", ours, pages),
        measure("trafilatura.extract()", lambda page: trafilatura.extract(page.body) or "", pages),
        measure(
            "trafilatura.extract(fast=True)", lambda page: trafilatura.extract(page.body, fast=True) or "", pages
        ),
    ]
    print("\n".join(rows))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
