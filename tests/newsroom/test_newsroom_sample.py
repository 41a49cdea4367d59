"""What the sample ships: real texts, word for word, and one baseline."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from monitor.config import load_baseline
from monitor.newsroom.articles import ARTICLES, BASELINE, load_articles
from monitor.newsroom.outlets import FROM_AGENCY, OUTLETS, REDIRECTED, SLOW, UNDATED_IN_FEED, Format, Trouble
from monitor.newsroom.pages import words_of

ROOT = Path(__file__).parents[2]
STORY = ROOT / "../shared/story/articles.jsonl"


def test_the_sample_is_as_large_as_it_says() -> None:
    """The demo promises at least 60 articles in 8 languages."""
    languages = Counter(article.lang for article in load_articles())
    assert languages.total() >= 70
    assert len(languages) >= 10
    assert {"en", "fr", "de", "es", "it", "ru", "uk", "ko", "ja"} <= set(languages)


def test_rows_carry_the_fields_of_an_articles_file_and_nothing_else() -> None:
    """`monitor judge --articles` reads this file too; labels in it would give the answers away."""
    for line in ARTICLES.read_text(encoding="utf-8").splitlines():
        assert list(json.loads(line)) == ["id", "url", "date", "lang", "title", "text"]


def test_texts_are_those_of_the_story_word_for_word() -> None:
    """An invented or altered text has no place in a sample of real news."""
    if not STORY.exists():
        pytest.skip(f"{STORY} is not on this machine: the shipped texts cannot be compared with their source")
    source = {row["id"]: row for row in map(json.loads, STORY.read_text(encoding="utf-8").splitlines())}
    for line in ARTICLES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert row == {key: source[row["id"]][key] for key in row}


def test_unknown_dates_and_addresses_are_none() -> None:
    """An unknown date is never today, and a month is no day."""
    articles = {article.id: article for article in load_articles()}
    assert (articles["r023"].url, articles["r023"].date, articles["r023"].day) == (None, None, None)
    assert (articles["r009"].date, articles["r009"].day) == ("2024-10", None)
    assert articles["r002"].day == "2024-10-10"


def test_the_packaged_baseline_is_the_one_in_config() -> None:
    """The demo must work where only the package is installed; the two copies may not drift apart."""
    assert BASELINE.read_bytes() == (ROOT / "config/baseline.yaml").read_bytes()


def test_the_baseline_names_its_article_by_title_and_date_only() -> None:
    """The article itself is somebody's copyright."""
    baseline = load_baseline(BASELINE)
    assert (baseline.lang, baseline.published, baseline.url) == ("fr", "2024-10", None)
    assert [claim.id for claim in baseline.claims] == [f"C{number}" for number in range(1, 13)]


def test_outlets_have_names_and_hosts_of_their_own_and_every_kind_of_feed() -> None:
    """What a reader of feeds meets in a year, it meets here in one run."""
    feeds = [plan for outlet in OUTLETS for plan in outlet.feeds]
    assert len(OUTLETS) >= 8
    assert len({outlet.name for outlet in OUTLETS}) == len(OUTLETS)
    assert {plan.format for plan in feeds} == set(Format)
    assert {plan.trouble for plan in feeds} == set(Trouble)
    assert any(plan.revalidates for plan in feeds)
    assert any(not plan.guids for plan in feeds)


def test_special_articles_exist() -> None:
    """A mark on an article that is not in the sample marks nothing."""
    assert {article.id for article in load_articles()} >= FROM_AGENCY | REDIRECTED | SLOW | UNDATED_IN_FEED


@pytest.mark.parametrize("lang", sorted({outlet.lang for outlet in OUTLETS}))
def test_every_outlet_finds_its_words(lang: str) -> None:
    """A page with half of its navigation in another language is no page of a publisher."""
    assert words_of(lang).keys() == words_of("en").keys()
    assert all(words_of(lang).values())
