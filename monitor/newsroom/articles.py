"""articles.jsonl → sample articles: the texts that the outlets publish, and the baseline they bear on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

ARTICLES = Path(__file__).with_name("articles.jsonl")
BASELINE = Path(__file__).with_name("baseline.yaml")


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """A text and where its facts were reported.

    url: the real page, None where it is not known. date: as precise as it is known ('2024-10' or a
    day), None where it is not.
    """

    id: str
    url: str | None
    date: str | None
    lang: str
    title: str
    text: str

    @property
    def day(self) -> str | None:
        """The date if it is known to the day: a page shows no other."""
        return self.date if self.date and len(self.date) == len("2024-10-10") else None


def load_articles() -> tuple[SampleArticle, ...]:
    """Read the articles of the sample, in the order of the file."""
    rows = (json.loads(line) for line in ARTICLES.read_text(encoding="utf-8").splitlines())
    return tuple(
        SampleArticle(row["id"], row["url"] or None, row["date"] or None, row["lang"], row["title"], row["text"])
        for row in rows
    )
