"""Article × sentence → what stands around it: the words a reader needs to know what "he" denied."""

from __future__ import annotations

from monitor.records import Version


def context_of_sentence(version: Version, index: int) -> str:
    """Return what a pair model may see beside the sentence at `index` of a version."""
    before = version.sentences[index - 1].text if index else ""
    day = version.day.date().isoformat() if version.day else ""
    return context_of(version.title, day, before)


def context_of(title: str, day: str, before: str) -> str:
    """Lay out a context.

    title: the headline; day: the article's date as YYYY-MM-DD; before: the sentence before it. Each may be empty.
    The order is part of what the weights were trained on: what stands last is cut first.
    """
    return " ".join(part for part in (day, f"{title}." if title else "", before) if part)
