"""What stands in an article's place is named; a report about such a thing is a report."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from benchmarks.bench_read import DEFAULT, load_pages
from monitor.errors import ReadError
from monitor.read.extract import extract_article
from monitor.read.instead import LONG_CHARS, what_instead

CASES = yaml.safe_load((Path(__file__).parent / "cases/instead.yaml").read_text(encoding="utf-8"))
KINDS = {case["kind"] for case in CASES} - {None}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['lang']} {case['title']}" for case in CASES])
def test_a_page_is_what_it_says_to_its_reader(case: dict[str, str]) -> None:
    """A report speaks of banners, robots and errors; only the page itself says we, you and please."""
    is_report = case["kind"] is None
    assert what_instead([case["title"]], case["text"], site="The Valley Post", dated=is_report) == case["kind"]


def test_each_kind_has_a_case_in_ten_languages() -> None:
    """Otherwise a language could be forgotten and nobody would see it."""
    found = Counter((case["kind"], case["lang"]) for case in CASES if case["kind"])
    languages = ("en", "fr", "de", "es", "it", "pt", "ru", "uk", "ko", "ja")
    assert len(KINDS) == 5
    assert set(found) == {(kind, lang) for kind in KINDS for lang in languages}


BANNER = "We value your privacy. We and our partners use cookies; please accept them in the settings."


def test_what_is_left_of_a_banner_does_not_cost_a_report() -> None:
    """Placeholders of videos ask for consent in the middle of short articles."""
    report = "The council approved a new bridge over the river on Tuesday, by nine votes to four, the mayor said."
    assert what_instead([], [BANNER], site=None, dated=True) == "a consent page"
    assert what_instead([], [report, BANNER, report], site=None, dated=True) is None


def test_a_long_text_is_a_report() -> None:
    """Nobody writes a banner of this length; but a page with nothing but such a title and no date is none."""
    long = [BANNER] * (LONG_CHARS // len(BANNER) + 1)
    assert what_instead(["Cookies in the news"], long, site=None, dated=True) is None
    assert what_instead(["Page not found"], ["Six missing after ferry sinks."] * 90, site=None, dated=False)


def test_an_outlets_name_is_no_part_of_a_title() -> None:
    """It stands before or behind, and names of outlets hold anything."""
    for title in ("Page not found - Access Weekly", "Access Weekly | 404", "404 – Page not found | Access Weekly"):
        assert what_instead([title], [], site="Access Weekly", dated=False)
    assert what_instead(["Access denied - how refugees wait"], [], site="Access Weekly", dated=False) is None


def test_no_real_article_is_lost() -> None:
    """181 news pages of the years 2019 and 2020, cookie banners and all: each is read."""
    if not DEFAULT.exists():
        pytest.skip(f"the collection of pages is missing: {DEFAULT}")
    refused = []
    for page in load_pages(DEFAULT)[::3]:
        try:
            extract_article(page.body, url=page.url)
        except ReadError as error:
            refused.append((page.url, error.why))
    assert not refused
