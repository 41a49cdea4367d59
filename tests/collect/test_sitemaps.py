"""News sitemaps, read as feeds."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.feeds import UNPACKED_BYTES, parse_feed
from monitor.errors import FeedError
from monitor.feed_records import ParsedFeed

URL = "https://news.example/sitemap-news.xml"
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def read(body: str | bytes) -> ParsedFeed:
    """Parse what stands at URL."""
    return parse_feed(body if isinstance(body, bytes) else body.encode(), url=URL, content_type="application/xml")


def sitemap(*urls: str, before: str = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made daily -->') -> str:
    """Build a news sitemap."""
    return f'{before}<urlset xmlns="{SITEMAPS}" {NEWS} {IMAGE}>{"".join(urls)}</urlset>'


def news(loc: str, *, title: str = "Flood", date: str = "2026-11-22T07:30:00+09:00", more: str = "") -> str:
    """Build an article of one."""
    return (
        f"<url><loc> {loc} </loc><news:news><news:publication><news:name>The Post</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>{date}</news:publication_date>"
        f"<news:title>{title}</news:title></news:news>{more}</url>"
    )


def test_a_news_sitemap_gives_entries() -> None:
    """Title, date and cleaned address; the title of a picture is not that of the article."""
    picture = "<image:image><image:loc>https://x/y.jpg</image:loc><image:title>Picture</image:title></image:image>"
    feed = read(
        sitemap(
            news("https://news.example/a?utm_source=g", title="Flood &amp;amp; fire", more=picture),
            news("/b", date="2026-11-22"),
            news("https://news.example/c", date="soon"),
            news("javascript:alert(1)"),
            "<url><loc>https://news.example/about</loc></url>",
        )
    )
    assert (feed.title, feed.trouble) == ("The Post", None)
    assert [(entry.guid, entry.url, entry.title, entry.published_at) for entry in feed.entries] == [
        ("https://news.example/a",) * 2 + ("Flood & fire", datetime(2026, 11, 21, 22, 30, tzinfo=UTC)),
        ("https://news.example/b",) * 2 + ("Flood", datetime(2026, 11, 22, tzinfo=UTC)),
        ("https://news.example/c",) * 2 + ("Flood", None),
    ]


def test_a_sitemap_without_prefixes_or_declaration_is_read() -> None:
    """The default namespace may be that of the news, or be missing."""
    bare = "<urlset><url><loc>/a</loc><news><title>One</title></news></url></urlset>"
    assert [entry.title for entry in read(bare).entries] == ["One"]


def test_a_quiet_night_is_no_failure() -> None:
    """A news sitemap holds two days; after these it is empty."""
    assert read(sitemap()) == ParsedFeed(None, (), None)


def test_a_sitemap_of_pages_is_no_feed() -> None:
    """It has no titles, and its pages are no news."""
    with pytest.raises(FeedError, match="a sitemap without news"):
        read(sitemap("<url><loc>https://news.example/about</loc></url>"))


def test_a_list_of_sitemaps_names_the_one_to_follow() -> None:
    """The one with news in it, the newest of several."""
    rows = "".join(
        f"<sitemap><loc>https://news.example/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in [("pages", "2026-11-22"), ("news-1", "2026-10-01"), ("news-2", "2026-11-21")]
    )
    body = f'<sitemapindex xmlns="{SITEMAPS}">{rows}</sitemapindex>'
    with pytest.raises(FeedError) as caught:
        read(body)
    assert str(caught.value) == (
        f"{URL}: a list of sitemaps; follow the one with news in it, perhaps https://news.example/news-2.xml"
    )


def test_a_broken_sitemap_gives_what_stands_before_the_break() -> None:
    """And says where it breaks."""
    whole = sitemap(news("/a"), news("/b"))
    feed = read(whole[: whole.index("/b")])
    assert [entry.url for entry in feed.entries] == ["https://news.example/a"]
    assert feed.trouble is not None
    assert feed.trouble.startswith("not well-formed, read as far as possible")
    assert "\n" not in feed.trouble


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
        f'<!DOCTYPE r [<!ENTITY i "{"x" * 1000}"><!ENTITY j "{"&i;" * 1000}">]>',
    ],
)
def test_entities_are_neither_loaded_nor_unfolded(doctype: str) -> None:
    """Cases 1 to 3, in the other format."""
    body = sitemap(news("/a"), news("/b", title=f"{'&j;' * 50} end"), before=doctype)
    try:
        feed = read(body)
    except FeedError:
        return  # refused is as good
    assert all(len(entry.title) < 1_000 and "root:" not in entry.title for entry in feed.entries)


def test_a_gzip_file_is_unpacked_up_to_a_cap() -> None:
    """Sitemaps are often kept packed, and whatever is packed can be a bomb (case 5)."""
    assert len(read(gzip.compress(sitemap(news("/a")).encode())).entries) == 1
    with pytest.raises(FeedError, match=r"unpacked, it is larger than 20 MB"):
        read(gzip.compress(b"<urlset>" + b" " * UNPACKED_BYTES))
    with pytest.raises(FeedError, match="cannot be unpacked"):
        read(gzip.compress(sitemap(news("/a")).encode())[:-20])


@given(st.binary(max_size=200), st.integers(0, 600))
def test_any_bytes_give_entries_or_a_feed_error(body: bytes, at: int) -> None:
    """Only FeedError is expected by the pipeline."""
    whole = sitemap(news("/a"), news("/b")).encode()
    for text in (b"<urlset>" + body, whole[:at] + body + whole[at:], b"\x1f\x8b" + body, b"<sitemapindex>" + body):
        try:
            feed = parse_feed(text, url=URL, content_type=None)
        except FeedError as error:
            assert "\n" not in str(error)
        else:
            assert all(entry.url and entry.title.encode() is not None for entry in feed.entries)
