"""Feeds as they are found in the wild, read from bytes."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.feeds import GUID_CHARACTERS, TITLE_CHARACTERS, parse_feed
from monitor.collect.urls import clean_url
from monitor.errors import FeedError
from monitor.feed_records import ParsedFeed

URL = "https://news.example/feeds/top.xml"
CORPUS = Path(__file__).parents[2] / "../shared/corpora/feed-files.tar.gz"


def read(text: str | bytes, content_type: str | None = None) -> ParsedFeed:
    """Parse a feed that stands at URL."""
    body = text if isinstance(text, bytes) else text.encode()
    return parse_feed(body, url=URL, content_type=content_type)


def rss(*items: str, title: str = "Desk") -> str:
    """Build an RSS 2.0 feed of these items' contents."""
    inside = "".join(f"<item>{item}</item>" for item in items)
    channel = f"<channel><title>{title}</title>{inside}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">{channel}</rss>'


def titled(title: str) -> str:
    """Return the title of an RSS item as we read it."""
    return read(rss(f"<title>{title}</title><link>/a</link>")).entries[0].title


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Desk</title>
<entry><id>tag:1</id><title type="{type}">{title}</title><link href="b/1?utm_source=rss#top"/>
<published>2026-11-22T07:30:00+09:00</published><updated>2026-11-23T00:00:00Z</updated></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Desk</title></channel>
<item rdf:about="https://news.example/a"><title>One</title><link>https://news.example/a</link>
<dc:date>2026-11-22T07:30:00+09:00</dc:date></item></rdf:RDF>"""


# The formats


def test_rss_is_read() -> None:
    """RSS 2.0, the format of most news feeds."""
    item = (
        '<title>One</title><link>https://news.example/a?utm_medium=rss</link><guid isPermaLink="false">n1</guid>'
        "<pubDate>Sun, 22 Nov 2026 07:30:00 +0900</pubDate>"
    )
    feed = read(rss(item))
    entry = feed.entries[0]
    assert (feed.title, feed.trouble) == ("Desk", None)
    assert (entry.guid, entry.url, entry.title) == ("n1", "https://news.example/a", "One")
    assert entry.published_at == datetime(2026, 11, 21, 22, 30, tzinfo=UTC)


def test_rdf_is_read() -> None:
    """RSS 1.0, still used by broadcasters."""
    entry = read(RDF).entries[0]
    assert (entry.guid, entry.url, entry.title) == ("https://news.example/a", "https://news.example/a", "One")
    assert entry.published_at == datetime(2026, 11, 21, 22, 30, tzinfo=UTC)


def test_atom_is_read_with_its_day_of_publication_not_of_change() -> None:
    """An article that is changed later keeps the day it was published on."""
    entry = read(ATOM.format(type="text", title="One")).entries[0]
    assert (entry.guid, entry.url) == ("tag:1", "https://news.example/feeds/b/1")
    assert entry.published_at == datetime(2026, 11, 21, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed_is_read(version: str) -> None:
    """feedparser does not know this format."""
    feed = {
        "version": f"https://jsonfeed.org/version/{version}",
        "title": "Desk",
        "items": [
            {
                "id": 1,
                "url": "/a?utm_source=x",
                "title": "A &amp; <b>",
                "date_published": "2026-11-22T07:30:00+09:00",
            },
            {"id": "https://news.example/b", "title": None, "date_modified": "2026-11-22T07:30:00"},
            {"id": "c", "external_url": "https://other.example/c", "date_published": "soon"},
            {"id": "no address"},
            "no item",
            {"id": "d", "url": "javascript:alert(1)"},
        ],
    }
    read_feed = read(json.dumps(feed), "application/feed+json")
    assert (read_feed.title, read_feed.trouble) == ("Desk", None)
    assert [(entry.guid, entry.url, entry.title, entry.published_at) for entry in read_feed.entries] == [
        ("1", "https://news.example/a", "A &amp; <b>", datetime(2026, 11, 21, 22, 30, tzinfo=UTC)),
        ("https://news.example/b", "https://news.example/b", "", datetime(2026, 11, 22, 7, 30, tzinfo=UTC)),
        ("c", "https://other.example/c", "", None),
    ]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b" \r\n\0", "empty"),
        (b"<!DOCTYPE html><html><body><p>Please accept cookies</p></body></html>", "a web page"),
        (b"\n<!-- x -->\n<html><head><title>x</title></head></html>", "a web page"),
        (b"hello", "something else"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "something else"),
        (b"<opml><body><outline/></body></opml>", "something else"),
        (b'{"error": "no"}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "without a list"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "not JSON"),
        (b'{"a":' * 100_000, "not JSON"),
        (b"{\xff}", "not JSON"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(body: bytes, why: str) -> None:
    """Cases 26 and 27: feedparser calls an HTML page a feed without entries and without trouble."""
    with pytest.raises(FeedError, match=why) as caught:
        read(body, "text/html")
    assert str(caught.value).startswith(URL)
    assert "\n" not in str(caught.value)


def test_a_feed_without_news_is_a_feed() -> None:
    """A quiet night is no failure."""
    assert read(rss()) == ParsedFeed("Desk", (), None)


# Links, identifiers, duplicates


def test_entries_without_a_web_address_are_left_out_and_links_are_resolved() -> None:
    """Case 39: relative and javascript: links."""
    items = ["<link>/a</link>", "<link>javascript:alert(1)</link>", "<title>no link</title>", "<link>b/c</link>"]
    feed = read(rss(*items))
    assert [entry.url for entry in feed.entries] == ["https://news.example/a", "https://news.example/feeds/b/c"]


@pytest.mark.parametrize("guid", ["", "<guid></guid>", "<guid isPermaLink='false'>%s</guid>" % ("x" * 2000)])
def test_a_missing_or_boundless_guid_becomes_the_address(guid: str) -> None:
    """Case 20: one in six live entries has none."""
    assert len("x" * 2000) > GUID_CHARACTERS
    assert read(rss(f"<link>/a?id=1</link>{guid}")).entries[0].guid == "https://news.example/a?id=1"


def test_what_a_feed_says_twice_comes_once_and_a_reused_guid_loses_nothing() -> None:
    """Cases 21 and 37: duplicates inside one feed; one guid on two articles."""
    feed = read(
        rss(
            "<link>/a</link><guid isPermaLink='false'>1</guid>",
            "<link>/a?utm_source=x</link><guid isPermaLink='false'>2</guid>",
            "<link>/b</link><guid isPermaLink='false'>1</guid>",
        )
    )
    assert [(entry.guid, entry.url) for entry in feed.entries] == [
        ("1", "https://news.example/a"),
        ("https://news.example/b", "https://news.example/b"),
    ]


def test_the_order_is_the_feed_s_own() -> None:
    """Case 38: feeds are not sorted by date, so nothing may stop at the first known entry."""
    feed = read(rss(*(f"<link>/{n}</link>" for n in (3, 1, 2))))
    assert [entry.url[-1] for entry in feed.entries] == ["3", "1", "2"]


def test_the_address_behind_a_counter_is_taken() -> None:
    """feedburner links to itself and names the article beside."""
    item = "<link>https://feeds.example/~r/1</link><f:origLink>https://news.example/a</f:origLink>"
    text = rss(item).replace("<rss ", '<rss xmlns:f="http://rssnamespace.org/feedburner/ext/1.0" ')
    assert read(text).entries[0].url == "https://news.example/a"


# Titles and character sets


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Plain", "Plain"),
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B", "A & B"),
        ("&lt;b&gt;Bold&lt;/b&gt; words", "Bold words"),
        ("<![CDATA[<i>Late</i>:<br>a &quot;deal&quot;]]>", 'Late : a "deal"'),
        ("5 &lt; 6 and 7 &gt; 3", "5 < 6 and 7 > 3"),
        ("two\n  lines\tand&#160;spaces", "two lines and spaces"),
        ("bell&#xFFFE;", "bell\ufffe"),
        ("turned &#x202E;gnp.exe", "turned gnp.exe"),
        ("nbsp&nbsp;here", "nbsp here"),
        ("Київ – 한국 – 日本", "Київ – 한국 – 日本"),
        ("", ""),
        ("x" * 5000, "x" * TITLE_CHARACTERS),
    ],
)
def test_titles_become_one_line_of_plain_text(written: str, shown: str) -> None:
    """Cases 17 and 18: markup, control characters, undeclared entities."""
    assert titled(written) == shown


def test_control_characters_do_not_reach_the_store() -> None:
    """Case 17: feedparser keeps NUL and backspace; SQLite and terminals do not like them."""
    entry = read(
        rss("<title>a\0b\x08c\x1bd</title><link>/a</link><guid isPermaLink='false'>g\x07h</guid>")
    ).entries[0]
    assert (entry.title, entry.guid) == ("abcd", "gh")


@pytest.mark.parametrize(
    ("kind", "written", "shown"),
    [
        ("text", "How &lt;b&gt; works", "How <b> works"),
        ("html", "&lt;b&gt;Bold&lt;/b&gt; &amp;amp; more", "Bold & more"),
        ("xhtml", '<div xmlns="http://www.w3.org/1999/xhtml">It <em>was</em></div>', "It was"),
    ],
)
def test_atom_says_whether_a_title_is_markup(kind: str, written: str, shown: str) -> None:
    """Only Atom states it, so only Atom is believed."""
    assert read(ATOM.format(type=kind, title=written)).entries[0].title == shown


@pytest.mark.parametrize(
    ("declared", "written_in", "content_type", "trouble"),
    [
        ("utf-8", "utf-8", None, False),
        ("windows-1251", "windows-1251", "text/xml; charset=windows-1251", False),
        ("utf-8", "windows-1251", "application/xml", True),
        ("utf-8", "utf-8", "text/xml", False),
        ("utf-16", "utf-16", None, False),
        ("utf-16", "utf-16-le", None, False),
        ("euc-kr", "euc-kr", "application/rss+xml", False),
    ],
)
def test_titles_survive_their_character_set(
    declared: str, written_in: str, content_type: str | None, trouble: bool
) -> None:
    """Cases 15 and 16: declared in the header, in the XML, wrongly, or not at all."""
    title = "뉴스" if declared == "euc-kr" else "Новости дня сегодня вечером"
    text = rss(f"<title>{title}</title><link>/a</link>").replace("utf-8", declared)
    feed = read(text.encode(written_in), content_type)
    assert len(feed.entries) == 1
    assert bool(feed.trouble) == trouble
    if not trouble:
        assert feed.entries[0].title == title


# Dates


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("<pubDate>Sun, 22 Nov 2026 07:30:00 GMT</pubDate>", datetime(2026, 11, 22, 7, 30, tzinfo=UTC)),
        ("<pubDate>22 Nov 2026 07:30 EST</pubDate>", datetime(2026, 11, 22, 12, 30, tzinfo=UTC)),
        ("<pubDate>2026-11-22T07:30:00+0900</pubDate>", datetime(2026, 11, 21, 22, 30, tzinfo=UTC)),
        ("<pubDate>Wed, 01 Jan 2031 00:00:00 GMT</pubDate>", datetime(2031, 1, 1, tzinfo=UTC)),
        ("<pubDate>yesterday</pubDate>", None),
        ("<pubDate></pubDate>", None),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ("<pubDate>Thu, 01 Jan 2201 00:00:00 GMT</pubDate>", None),
        ("<pubDate>0001-01-01T00:00:00Z</pubDate>", None),
        ("<pubDate>9999-12-31T23:59:59-23:59</pubDate>", None),
        ("<pubDate>2026-13-45</pubDate>", None),
        ("<pubDate>2026-02-31T10:00:00Z</pubDate>", None),
        ("<pubDate>2026년 11월 22일</pubDate>", None),
        ("<pubDate>2026-11</pubDate>", None),
        ("<pubDate>20261122</pubDate>", datetime(2026, 11, 22, tzinfo=UTC)),
        ("<pubDate>Mon, 31 Feb 2026 10:00:00 GMT</pubDate>", None),
        ("<pubDate>x</pubDate><dc:date>2026-11-22</dc:date>", datetime(2026, 11, 22, tzinfo=UTC)),
        ("", None),
    ],
)
def test_dates_are_utc_or_unknown(written: str, day: datetime | None) -> None:
    """Cases 19, 23 and 24: an unknown date is None, never today; a future one is the reader's to judge."""
    assert read(rss(f"<link>/a</link>{written}")).entries[0].published_at == day


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "x", 5, None, []])
def test_dates_in_json_that_are_none_are_unknown(date: object) -> None:
    """Whatever stands there, the entry is kept."""
    item = {"url": "/a", "date_published": date}
    feed = read(json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]}))
    assert [entry.published_at for entry in feed.entries] == [None]


# Broken and malicious feeds


def test_a_broken_feed_gives_what_it_holds_and_says_what_is_wrong() -> None:
    """Case 43 and the daily XML mistake: entries before the break are news too."""
    whole = rss("<title>One</title><link>/a</link>", "<title>Two</title><link>/b</link>")
    feed = read(whole[: whole.index("Two") + 3])
    assert feed.entries[0].title == "One"
    assert feed.trouble is not None
    assert feed.trouble.startswith("not well-formed, read as far as possible: line 1")


@pytest.mark.parametrize("reference", ["&#1114112;", "&#x110000;", "&#99999999999999999999;", "&#xD800;"])
def test_characters_that_do_not_exist_cost_no_feed(reference: str) -> None:
    """Case 4: feedparser raises ValueError, OverflowError or UnicodeEncodeError instead of saying bozo."""
    feed = read(
        rss(f"<title>One {reference} two</title><link>/a</link>", "<title>Three &#x33;</title><link>/b</link>")
    )
    assert [entry.title for entry in feed.entries] == ["One \ufffd two", "Three 3"]
    assert feed.trouble == "characters that do not exist were replaced"


def test_what_makes_feedparser_fail_is_a_feed_error() -> None:
    """An extension without its attributes stops feedparser with a TypeError; the round must go on."""
    psc = '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter title="x"/></psc:chapters>'
    with pytest.raises(FeedError, match=r"cannot be read as a feed \(TypeError\)"):
        read(rss(f"<link>/a</link>{psc}"))


def test_half_a_surrogate_pair_in_json_does_not_reach_the_store() -> None:
    """JSON can write text that is no Unicode; SQLite refuses it."""
    item = '{"id": "g\\ud800", "url": "/a", "title": "x\\ud800y"}, {"url": "/\\ud800"}'
    feed = read('{"version": "https://jsonfeed.org/version/1", "items": [' + item + "]}")
    assert [(entry.guid, entry.title) for entry in feed.entries] == [("g", "xy")]


BOMBS = {
    "billion laughs": '<!DOCTYPE r [<!ENTITY a "'
    + "ha" * 500
    + '">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>",
    "quadratic": f'<!DOCTYPE r [<!ENTITY j "{"x" * 50_000}">]>',
    "external file": '<!DOCTYPE r [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
}


@pytest.mark.parametrize("doctype", BOMBS.values(), ids=BOMBS)
def test_entities_neither_explode_nor_read_files(doctype: str) -> None:
    """Cases 1 to 3: entities of the document type are a weapon, not news."""
    item = f"<title>{'&j;' * 100} end</title><link>/a</link>"
    text = rss(item).replace("<rss", doctype + "<rss")
    feed = read(text)
    assert [entry.url for entry in feed.entries] == ["https://news.example/a"]
    assert "root:" not in feed.entries[0].title


def test_deep_nesting_is_read() -> None:
    """Case 40: 5,000 levels inside an entry cost no crash."""
    deep = "<a>" * 5_000 + "</a>" * 5_000
    assert len(read(rss("<title>One</title><link>/a</link>", f"<link>/b</link><x>{deep}</x>")).entries) == 2


@given(st.binary(max_size=300), st.none() | st.text(max_size=20))
def test_any_bytes_give_a_feed_or_a_feed_error(body: bytes, content_type: str | None) -> None:
    """Only FeedError is expected by the pipeline."""
    for text in (body, b"{" + body, rss("<link>/a</link><title>@</title>").encode().replace(b"@", body)):
        try:
            feed = parse_feed(text, url=URL, content_type=content_type)
        except FeedError:
            continue
        assert all(entry.title.encode() is not None and entry.url for entry in feed.entries)


# Real files


def corpus() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file of feedparser's own collection."""
    if not CORPUS.exists():
        pytest.skip(f"the collection of feeds is missing: {CORPUS}")
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file and member.name.endswith((".xml", ".json")):
                yield member.name, file.read()


def test_no_file_of_feedparser_s_own_collection_is_an_accident_and_no_link_is_lost() -> None:
    """1,850 files of every format and mistake; what feedparser finds with its defaults, we find."""
    seen = 0
    for name, body in corpus():
        seen += 1
        try:
            ours = {entry.url for entry in parse_feed(body, url=URL, content_type=None).entries}
        except FeedError:
            ours = set()
        found = feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL}).entries
        links = {clean_url(item.get("feedburner_origlink") or item.get("link", "")) for item in found}
        assert links - {None} <= ours, name
    assert seen >= 1850
