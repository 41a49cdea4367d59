"""Copies are told from other reports of the same event, in ten languages."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any  # what YAML holds

import numpy as np
import pytest
import yaml

from monitor.judge.model import EmbeddedModel
from monitor.read.copies import Body, align, compare, shingles
from monitor.read.sentences import split_sentences
from monitor.records import CopyKind

CASES = Path(__file__).parent / "cases"
REPORTS = yaml.safe_load((CASES / "reports.yaml").read_text(encoding="utf-8"))
TRANSLATIONS = yaml.safe_load((CASES / "translations.yaml").read_text(encoding="utf-8"))
ARTICLES = [
    (case[lang], case[text]) for case in TRANSLATIONS for lang, text in (("from", "text"), ("to", "translated"))
]
LANGUAGES = {"en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja"}

Make = Callable[..., Body]


@pytest.fixture(scope="module")
def body() -> Make:
    """Articles with the vectors of the real model: others would not tell languages apart."""
    model = EmbeddedModel(threads=1)
    numbers = itertools.count()

    def make(text: str, lang: str, *, vectors: bool = True) -> Body:
        sentences = [sentence.text for sentence in split_sentences(text, lang)]
        found = model.embed(sentences) if vectors else None
        return Body(next(numbers), lang, text, sentences, found)

    return make


def test_there_are_enough_cases() -> None:
    """Forty pairs of reports, four in each language, and articles in each to be edited."""
    assert len(REPORTS) >= 40
    assert set(Counter(case["lang"] for case in REPORTS).values()) == {4}
    assert {case["lang"] for case in REPORTS} == {lang for lang, _ in ARTICLES} == LANGUAGES


@pytest.mark.parametrize("case", REPORTS, ids=lambda case: f"{case['lang']}-{case['event']}")
def test_two_reports_of_one_event_are_no_copies(body: Make, case: dict[str, Any]) -> None:
    """Two newsrooms that say the same, with the same figures, names and quotations, are two sources."""
    one, other = (body(text, case["lang"]) for text in case["reports"])
    assert compare(one, other) is None


def test_reports_in_two_languages_are_no_copies_unless_one_is_a_translation(body: Make) -> None:
    """The first report of an event in one language and the second in another share nothing but the event."""
    made = [
        (case["event"], place, case["lang"], body(text, case["lang"]))
        for case in REPORTS
        for place, text in enumerate(case["reports"])
    ]
    pairs = [(a, b) for a, b in itertools.combinations(made, 2) if a[2] != b[2] and (a[0] != b[0] or a[1] != b[1])]
    assert len(pairs) > 2500
    assert [(a[:3], b[:3]) for a, b in pairs if compare(a[3], b[3])] == []


@pytest.mark.parametrize("case", TRANSLATIONS, ids=lambda case: f"{case['from']}-{case['to']}")
def test_a_translation_is_a_copy(body: Make, case: dict[str, str]) -> None:
    """Sentence after sentence says the same, with the same numbers and names."""
    link = compare(body(case["text"], case["from"]), body(case["translated"], case["to"]))
    assert link is not None and link.kind is CopyKind.RETOLD
    assert 0.8 <= link.share <= 1


def test_a_translation_with_other_numbers_is_another_report(body: Make) -> None:
    """The same words on another day: the report of a daily count, in two languages."""
    case = TRANSLATIONS[0]
    other = case["translated"].replace("200", "350").replace("1.400", "2.900").replace("Zwei", "Sieben")
    assert compare(body(case["text"], case["from"]), body(other, case["to"])) is None


def cut(text: list[str]) -> list[str]:
    """Leave the end away."""
    return text[:4]


def with_headline(text: list[str]) -> list[str]:
    """Put another headline and a line of the house before it."""
    return ["BREAKING 24/7 | What we know so far", *text]


def with_paragraph(text: list[str]) -> list[str]:
    """Add what the house knows besides."""
    return [*text[:3], "Our own reporters add that nothing like it was seen here in living memory.", *text[3:]]


def swapped(text: list[str]) -> list[str]:
    """Put the second half first."""
    return text[3:] + text[:3]


def cut_and_extended(text: list[str]) -> list[str]:
    """Leave two sentences away and add two."""
    return ["It was a long night for all of them.", *text[:4], "The outlet will report further."]


@pytest.mark.parametrize("edit", [cut, with_headline, with_paragraph, swapped, cut_and_extended])
def test_an_edited_copy_is_a_copy(body: Make, edit: Callable[[list[str]], list[str]]) -> None:
    """What a desk does to an agency's text leaves most of its words, in every language; no vector is needed."""
    for lang, text in ARTICLES:
        sentences = [sentence.text for sentence in split_sentences(text, lang)]
        link = compare(body(text, lang, vectors=False), body(" ".join(edit(sentences)), lang, vectors=False))
        assert link is not None and link.kind is CopyKind.TEXT, (lang, text)


def test_the_order_of_two_articles_does_not_matter(body: Make) -> None:
    """Who is compared with whom is chance."""
    case = TRANSLATIONS[4]
    one, other = body(case["text"], case["from"]), body(case["translated"], case["to"])
    assert compare(one, other) == compare(other, one)


DAILY = (
    "The General Staff reported {} attacks along the front over the past day. Artillery fired {} times at {}"
    " villages near the river. {} drones were shot down over the northern districts. Two bridges remain closed."
)


def test_the_same_words_with_other_numbers_are_another_report(body: Make) -> None:
    """A daily count is written by filling in a form."""
    one, other = (
        body(DAILY.format(*numbers), "en", vectors=False) for numbers in ((134, 871, 12, 41), (97, 902, 15, 38))
    )
    assert compare(one, other) is None
    assert compare(one, body(DAILY.format(134, 871, 12, 41), "en", vectors=False)) is not None


def test_a_live_blog_that_holds_a_report_is_no_copy_of_it(body: Make) -> None:
    """Else it would tie all that it holds together."""
    whole = " ".join(text for lang, text in ARTICLES if lang == "en")
    assert compare(body(whole, "en", vectors=False), body(ARTICLES[0][1], "en", vectors=False)) is None


def test_a_speech_that_both_quote_is_no_copy(body: Make) -> None:
    """The words are the speaker's."""
    said = (
        '"We have read the report, every page of it, and we shall answer it before the end of the week," she said.'
    )
    one = f"{said} The minister spoke in the capital. Her party meets tomorrow, and few expect her to stay."
    other = f"Crowds waited in the rain. {said} Markets hardly moved; the bank kept its forecast as it was."
    assert compare(body(one, "en"), body(other, "en")) is None


def test_short_texts_are_never_copies(body: Make) -> None:
    """Many write the same headline."""
    one, other = (body("Six people died in the flood.", "en") for _ in range(2))
    assert compare(one, other) is None


def test_shingles_know_no_case_no_space_and_no_punctuation() -> None:
    """Outlets set quotation marks, dashes and spaces each in their own way."""
    assert shingles("The dam broke, at Oberau!") == shingles("the  DAM broke at — Oberau")
    assert shingles("댐이 무너졌다. 여섯 명이 숨졌다") == shingles("댐이무너졌다 여섯명이 숨졌다")
    assert shingles("short") == frozenset()


def test_sentences_are_paired_in_order_and_once() -> None:
    """A sentence that fits two counts for the better; crossing pairs count once."""
    similar = np.array([[0.9, 0.6, 0.0], [0.6, 0.0, 0.8]], dtype=np.float32)
    pairs, nearness = align(similar)
    assert (pairs, round(nearness, 3)) == (2, 1.7)
    pairs, nearness = align(np.array([[0.0, 0.9], [0.8, 0.0]], dtype=np.float32))
    assert (pairs, round(nearness, 3)) == (1, 0.9)
    assert align(np.zeros((2, 0), dtype=np.float32)) == (0, 0.0)
