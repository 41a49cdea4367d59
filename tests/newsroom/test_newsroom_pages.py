"""Article pages: complete as publishers make them, and the article alone is read from them."""

from __future__ import annotations

import json

import pytest
from lxml import html

from monitor.newsroom.articles import SampleArticle, load_articles
from monitor.newsroom.feeds import feed_item, newest_day
from monitor.newsroom.outlets import AGENCY, FROM_AGENCY, OUTLETS, FeedPlan, Format
from monitor.newsroom.pages import render_article
from monitor.newsroom.site import build_site, plain_address
from monitor.newsroom.stories import Story, publish
from monitor.read.extract import extract_article

BASES = [f"http://127.0.0.1:{8800 + index}" for index in range(len(OUTLETS))]
PUBLISHED = publish(load_articles(), OUTLETS, BASES)
SITE = build_site(OUTLETS, PUBLISHED, BASES)
PAGES = [(outlet, story) for outlet, own in zip(OUTLETS, PUBLISHED, strict=True) for story in own]
IDS = [story.article.id for _, story in PAGES]
NAMES = [outlet.name for outlet, _ in PAGES]
STORIES = [story for _, story in PAGES]
BY_ID = dict(zip(IDS, STORIES, strict=True))


@pytest.mark.parametrize("story", STORIES, ids=IDS)
def test_the_article_is_read_and_nothing_around_it(story: Story) -> None:
    """Teasers, banners and footers that leak into a text become false evidence."""
    page = SITE[story.url]
    found = extract_article(page.body, url=story.url, content_type=page.content_type)
    assert " ".join(found.text.split()) == story.article.text
    assert found.title == story.article.title
    assert (found.published_at.date().isoformat() if found.published_at else None) == story.article.day


@pytest.mark.parametrize(("story", "outlet"), list(zip(STORIES, NAMES, strict=True)), ids=IDS)
def test_a_page_says_whose_it_is_and_where_the_facts_come_from(story: Story, outlet: str) -> None:
    """A reader must see at once that the outlet is invented and the report is not."""
    page = html.fromstring(SITE[story.url].body, parser=html.HTMLParser(encoding="utf-8"))
    assert page.get("lang") == story.article.lang
    assert page.xpath("//meta[@property='og:site_name']/@content") == [outlet]
    assert page.xpath("//link[@rel='canonical']/@href") == [story.url]
    assert page.xpath("//a[contains(@rel, 'nofollow')]/@href") == [story.article.url] * bool(story.article.url)


@pytest.mark.parametrize("story", STORIES, ids=IDS)
def test_headlines_of_other_stories_stand_around_the_text(story: Story) -> None:
    """Without traps on the page, reading it proves nothing."""
    text = SITE[story.url].body.decode().lower()
    titles = {html.fromstring(f"<p>{other.article.title}</p>").text for other in STORIES} - {story.article.title}
    page = html.fromstring(SITE[story.url].body, parser=html.HTMLParser(encoding="utf-8"))
    assert len({line.strip() for line in page.itertext()} & titles) >= 2
    assert all(mark in text for mark in ("cookie", "newsletter", "<form", "<button"))


def test_dates_stand_on_a_page_only_where_the_day_is_known() -> None:
    """Nobody invents the day of an undated or half-dated report."""
    dated, undated = (SITE[BY_ID[id_].url].body.decode() for id_ in ("r002", "r009"))
    assert '<meta property="article:published_time" content="2024-10-10">' in dated
    assert '<time datetime="2024-10-10">10 October 2024</time>' in dated
    assert '"datePublished": "2024-10-10"' in dated
    assert not any(mark in undated for mark in ("published_time", "<time", "datePublished"))


def test_an_agency_is_credited_where_the_text_came_from_one() -> None:
    """Counting origins needs credits to read."""
    for id_, story in BY_ID.items():
        assert (AGENCY in SITE[story.url].body.decode()) == (id_ in FROM_AGENCY)


@pytest.mark.parametrize("design", sorted({outlet.design for outlet in OUTLETS}))
def test_nothing_in_an_article_becomes_markup(design: str) -> None:
    """Texts are data on our own pages too."""
    outlet = next(outlet for outlet in OUTLETS if outlet.design == design)
    title = "A </script><b>\"bold\"</b> & 'quoted' title"
    article = SampleArticle("x1", None, None, outlet.lang, title, "<i>Text</i>.")
    page = html.fromstring(render_article(outlet, [Story(article, "http://127.0.0.1/x", (article.text,))], 0))
    assert page.findtext(".//h1") == title
    assert not page.xpath("//b[contains(., 'bold')] | //i")
    (data,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(data)["headline"] == title


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        ("http://h/a", "http://h/a"),
        ("http://h/a?utm_source=rss&utm_medium=feed", "http://h/a"),
        ("http://h/a?idxno=1&utm_source=rss#top", "http://h/a?idxno=1"),
    ],
)
def test_marks_of_campaigns_name_no_other_page(asked: str, plain: str) -> None:
    """Publishers count readers with them; the page is the same."""
    assert plain_address(asked) == plain


def test_a_feed_without_dates_has_a_day_all_the_same() -> None:
    """Atom wants to know when a feed changed; it may not be the day of the run."""
    item = feed_item(BY_ID["r009"], FeedPlan("/f", Format.ATOM), "http://h/a")
    assert item.at is None
    assert newest_day([item]).year == 2024
