"""Where a page says that its feeds are, and where feeds usually lie."""

from __future__ import annotations

import pytest

from monitor.collect.discover import (
    MOST_NAMED,
    FeedKind,
    feed_key,
    feeds_named,
    look_at,
    sitemaps_named,
    usual_places,
    web_form,
)
from monitor.errors import FeedError

HERE = "https://news.example/world/index.html"


def named(head: str = "", body: str = "") -> list[str]:
    page = f"<!doctype html><html><head>{head}</head><body><p>News</p>{body}</body></html>"
    return feeds_named(page.encode(), url=HERE, content_type="text/html")


@pytest.mark.parametrize(
    ("head", "addresses"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', ["https://news.example/rss"]),
        ('<LINK REL="Alternate Home" TYPE="application/atom+xml; charset=utf-8" HREF="a">', ["https://news.example/world/a"]),
        ('<link rel=alternate type=application/feed+json href="//cdn.example/f">', ["https://cdn.example/f"]),
        ('<link rel="feed" href="/latest">', ["https://news.example/latest"]),
        ('<link rel="alternate" type="application/json" href="/feed.json">', ["https://news.example/feed.json"]),
        ('<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">', []),
        ('<link rel="alternate" hreflang="fr" href="/fr/">', []),
        ('<link rel="stylesheet" type="text/css" href="/feed.css">', []),
        ('<base href="https://b.example/x/"><link rel="alternate" type="application/rss+xml" href="rss">', ["https://b.example/x/rss"]),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:void(0)">', []),
        ('<link rel="alternate" type="application/rss+xml" href="https://u:p@news.example/rss">', []),
        ('<link rel="alternate" type="application/rss+xml" href="http://[broken/rss">', []),
    ],
)  # fmt: skip
def test_the_head_names_feeds(head: str, addresses: list[str]) -> None:
    """In the order of the page; what leads nowhere, or elsewhere than to a feed, is left out."""
    assert named(head) == addresses


@pytest.mark.parametrize(
    ("href", "is_feed"),
    [
        ("/rss", True), ("/news.rss", True), ("/rss2/world", True), ("/?feed=rss2", True), ("/atom.xml", True),
        ("/feeds/world.xml", True), ("/index.rdf", True), ("feed:https://news.example/f/rss", True),
        ("/feedback", False), ("/comments/feed/", False), ("/transatomic", False), ("/article-about-rssi", False),
        ("mailto:rss@news.example", False), ("https://feedly.com/i/subscription/feed/x", False),
    ],
)  # fmt: skip
def test_links_that_look_like_a_feed_are_named(href: str, is_feed: bool) -> None:
    """Many sites name their feeds in the foot of the page only."""
    assert bool(named(body=f'<a href="{href}">x</a>')) is is_feed


def test_a_page_of_hundreds_of_feeds_costs_few_requests() -> None:
    """And twins by scheme are asked once; the first named is the first asked."""
    head = '<link rel="alternate" type="application/rss+xml" href="http://news.example/rss">'
    links = '<a href="/rss">x</a>' + "".join(f'<a href="/rss/{n}">x</a>' for n in range(500))
    found = named(head, links)
    assert len(found) == MOST_NAMED and found[:2] == ["http://news.example/rss", "https://news.example/rss/0"]


def test_usual_places_begin_in_the_folder_of_the_page() -> None:
    """A section has a feed of its own, which is the one that was meant."""
    assert usual_places(HERE)[0] == "https://news.example/world/feed"
    wanted = ("feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feed.json")
    for url in (HERE, "https://news.example"):
        assert {f"https://news.example/{place}" for place in wanted} <= set(usual_places(url))


def test_robots_txt_names_news_sitemaps() -> None:
    """The plain ones list every page since the beginning, and are left alone."""
    robots = (
        b"User-agent: *\r\nDisallow: /x\r\nSitemap: https://news.example/sitemap.xml\r\nsitemap :/news-map.xml\r\n"
    )
    assert sitemaps_named(robots, url="https://news.example/robots.txt") == ["https://news.example/news-map.xml"]


RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title><language>en-GB</language>'
    "<item><title>A</title><link>https://news.example/a</link>"
    "<pubDate>Sun, 22 Nov 2026 06:04:20 GMT</pubDate></item>"
    "<item><title>B</title><link>https://news.example/b</link></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ko"><title>Post</title><id>x</id><entry><id>a</id>'
    '<title>A</title><link href="https://news.example/a"/><updated>2026-11-22T06:04:20Z</updated></entry></feed>'
)
JSON = '{"version": "https://jsonfeed.org/version/1.1", "title": "Post", "language": "fr", "items": []}'


@pytest.mark.parametrize(
    ("body", "kind", "entries", "lang"),
    [(RSS, FeedKind.RSS, 2, "en"), (ATOM, FeedKind.ATOM, 1, "ko"), (JSON, FeedKind.JSON, 0, "fr")],
)
def test_a_feed_is_described(body: str, kind: FeedKind, entries: int, lang: str) -> None:
    """So that a person can choose."""
    found = look_at(body.encode(), url="https://news.example/f", content_type=None)
    assert (found.title, found.kind, found.entries, found.lang) == ("Post", kind, entries, lang)
    assert (found.newest.isoformat() if found.newest else None) == (
        "2026-11-22T06:04:20+00:00" if entries else None
    )


def test_a_page_is_no_feed() -> None:
    """The one that reads feeds decides, not the address."""
    with pytest.raises(FeedError):
        look_at(b"<!doctype html><title>x</title>", url="https://news.example/rss", content_type=None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.example/feed", "https://a.example/feed/", True),
        ("https://a.example", "http://a.example/#x", True),
        ("https://a.example/feed?b=1&a=2", "https://a.example/feed?a=2&b=1", True),
        ("https://a.example/feed", "https://a.example/rss", False),
        ("https://a.example/feed?n=1", "https://a.example/feed?n=2", False),
    ],
)
def test_twins_have_one_key(one: str, other: str, same: bool) -> None:
    """One feed in the list twice would be asked twice, and its news counted once."""
    assert (feed_key(one) == feed_key(other)) is same


def test_addresses_as_programs_hand_them_over() -> None:
    """feed: is a sign for a program; a user name is nobody else's business."""
    assert web_form("feed://a.example/f") == "http://a.example/f"
    assert web_form("feed:https://a.example/f") == "https://a.example/f"
