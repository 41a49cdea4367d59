"""An article says where its text comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any  # what YAML holds

import pytest
import yaml

from monitor.read.credits import agency_of_site, find_credits
from monitor.read.extract import extract_article

CASES = yaml.safe_load((Path(__file__).parent / "cases/credits.yaml").read_text(encoding="utf-8"))
TEXT = "The dam above the valley broke on Monday, and six people died in the flood. " * 3


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['lang']}: {case['text'][:40]}")
def test_a_credit_is_told_from_an_agency_that_is_quoted(case: dict[str, Any]) -> None:
    """Datelines, credit lines and closing brackets credit; a sentence that quotes an agency does not."""
    text = case["text"].replace("|", "\n")
    found = find_credits(text)
    assert [credit.agency for credit in found] == case["agencies"]
    assert all(credit.words in text for credit in found)


def test_every_language_has_credits_and_quotations() -> None:
    """A language with one kind alone would show nothing."""
    for lang in ("en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja"):
        assert {bool(case["agencies"]) for case in CASES if case["lang"] == lang} == {True, False}, lang


@pytest.mark.parametrize("byline", ["AFP", "Von Ann Wood, dpa", "By Ann Wood and The Associated Press"])
def test_in_a_byline_any_agency_counts(byline: str) -> None:
    """Who wrote is what a byline says, with or without other names."""
    assert len(find_credits("The road is closed.", bylines=[byline])) == 1


def test_a_byline_of_somebody_else_credits_nobody() -> None:
    """A person's name is no agency, nor is a word that holds one."""
    assert find_credits("The road is closed.", bylines=["By Ann Reuterswärd, dpaper.example"]) == ()


@pytest.mark.parametrize(
    ("markup", "agencies"),
    [
        ('<p class="wire-credit">(AFP)</p>', ["AFP"]),
        ('<p class="byline">Desk, with <span>dpa</span></p>', ["dpa"]),
        ('<span class="dateline">PARIS (AFP) -</span>', ["AFP"]),
        ('<figure><span class="byline">Photo: AFP</span></figure>', []),
        ('<div class="related-stories"><p class="byline">Reuters</p></div>', []),
        ('<aside><p class="byline">Reuters</p></aside>', []),
        ('<p class="photo-credit">EPA/AFP</p>', []),
    ],
)
def test_the_page_s_own_credit_is_kept_though_its_line_is_not(markup: str, agencies: list[str]) -> None:
    """It is no sentence of the article, and says where the article comes from; pictures and teasers do not."""
    page = f"<html><body><article><h1>Flood in the valley</h1>{markup}<p>{TEXT}</p></article></body></html>"
    found = extract_article(page.encode(), url="https://g.example/1")
    assert [credit.agency for credit in found.credits] == agencies
    assert "AFP" not in found.text and "dpa" not in found.text and "Reuters" not in found.text


def test_an_agency_is_known_by_its_site() -> None:
    """What it publishes itself and what others credit to it is one source."""
    assert agency_of_site("tass.ru") == "TASS"
    assert agency_of_site("gazette.example") is None
