"""Real shapes → broken ones: feeds, pages and files as they are written, changed by accident or malice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from tests.read.news_pages import PARAGRAPHS, news_page

RSS = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>Desk</title><link>https://news.example/</link><ttl>30</ttl><item><title><![CDATA[One <b>bold</b>]]></title>
<link>/a?utm_source=rss</link><guid isPermaLink="false">n1</guid><pubDate>Sun, 22 Nov 2026 07:30:00 +0900</pubDate>
<media:content url="/a.jpg" medium="image"/><itunes:image href="/b.jpg"/><category>News</category></item>
<item><title>Two &amp; three &#8211; four</title><link>https://news.example/b</link><dc:date>2026-11-22</dc:date>
<enclosure url="/c.mp3" length="1" type="audio/mpeg"/><source url="/d">D</source></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/"><title>Desk</title>
<entry><id>tag:1</id><title type="html">&lt;b&gt;One&lt;/b&gt;</title><link rel="alternate" href="b/1"/>
<published>2026-11-22T07:30:00+09:00</published><updated>2026-11-23T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>It was.</p></div></content></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Desk</title></channel>
<item rdf:about="/a"><title>One</title><link>/a</link>
<dc:date>2026-11-22T07:30:00+09:00</dc:date></item></rdf:RDF>"""
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Desk", "items": [{"id": 1, "url": "/a",
"title": "One", "date_published": "2026-11-22T07:30:00+09:00"}, {"id": "b", "external_url": "https://a.example"}]}"""
PAGE = news_page(
    *PARAGRAPHS,
    head='<link rel="canonical" href="/b"><script type="application/ld+json">'
    '{"@type": "NewsArticle", "author": [{"name": "A"}], "datePublished": "2026-11-22"}</script>',
    inside="<ul><li>One.</li></ul><table><tr><td>1</td></tr></table><blockquote>It is late.</blockquote>",
).encode()
CONFIG = b"""reader: {time_zone: Europe/Zurich, digest_at: "07:00"}
collect: {poll_minutes: 30, allow_networks: ["127.0.0.0/8"], contact: desk@news.example}
families: {news.example: News}
aliases:
  - [Anders Holm, "Holm senior"]
feeds:
  - {lang: en, name: Desk, url: "https://news.example/rss.xml"}
"""
CLAIMS = b"""baseline: {title: La crue, language: fr, published: 2024-10, url: "https://news.example/a"}
claims:
  - id: C1
    text: Six personnes sont mortes le 10 octobre 2024.
    kind: event
    figures:
      - {text: Six, low: 6, high: 6, unit: people, comparator: exactly}
    dates: ["2024-10-10"]
  - {id: C2, text: "The dam broke on Monday.", lang: en, watch: false, start: 0, end: 9, quote: x}
"""

OPML = b"""<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head><title>Feeds &amp; more</title></head>
<body><outline text="Korea"><outline text="Agencies" title="Agencies"><outline type="rss" text="Yonhap"
title="Yonhap" xmlUrl="https://k.example/rss?lang=ko" htmlUrl="https://k.example/" language="ko"/>
</outline></outline>
<outline text="Desk" xmlUrl="feed://d.example/feed" category="/World/Europe,/tag"/>
</body></opml>"""

SHAPES: Mapping[str, Sequence[bytes]] = {
    "feeds": (RSS, ATOM, RDF, JSON),
    "pages": (PAGE,),
    "config": (CONFIG,),
    "claims": (CLAIMS,),
    "opml": (OPML,),
}
# What broke parsers before, here or elsewhere (docs: the 51 cases), and the marks that give text its meaning.
NASTY = (
    b"\0",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\x1b[2J",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"&nbsp;",
    b"&#1114112;",
    b"&#xD800;",
    b"&#x202e;",
    b"&a;",
    b"&",
    b"<",
    b">",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?",
    b"<!DOCTYPE r [",
    b'<!ENTITY a "&a;&a;">',
    b"]>",
    b"<div>" * 300,
    b"</p>",
    b"<table><tr><td>",
    b"<script>",
    b"<svg><math>",
    b"<plaintext>",
    b'encoding="utf-16"',
    b'charset="hex"',
    b"http://[",
    b"//a@b:99999/",
    b"javascript:",
    b"\xe2\x80\xae",
    b"\xcc\x88" * 50,
    b"9999-12-31T23:59:59-23:59",
    b"0000-00-00",
    b"1e999",
    b"-1",
    b".inf",
    b"9" * 5000,
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"'",
    b"\\ud800",
    b"\\",
    b"- ",
    b": ",
    b"&x ",
    b"*x ",
    b"!!python/object ",
    b"<<: ",
    b"? ",
    b"|\n",
    b"%",
    b"\t",
    b"\n",
    b"\r",
    b"null",
    b"true",
    b"[" * 2000,
    b'{"a":' * 2000,
    b"<a>" * 3000,
    b"<opml>",
    b"<outline ",
    b"xmlUrl=",
    b"<rss><channel><item>",
)
CHARSETS = ("utf-16", "utf-16-le", "utf-32", "windows-1251", "shift_jis", "euc_kr", "iso2022_jp", "utf-7")


@st.composite
def broken(draw: st.DrawFn, shapes: Sequence[bytes]) -> bytes:
    """Draw one of the shapes and change it up to eight times, at places of its marks or anywhere."""
    body = draw(st.sampled_from(shapes))
    for _ in range(draw(st.integers(0, 8))):
        body = _changed(draw, body)
    if draw(st.integers(0, 9)) == 9:
        body = body.decode("utf-8", "replace").encode(draw(st.sampled_from(CHARSETS)), "replace")
    return body


def _changed(draw: st.DrawFn, body: bytes) -> bytes:
    start = draw(st.integers(0, len(body)))
    end = min(len(body), start + draw(st.integers(0, 80)))
    before, piece, after = body[:start], body[start:end], body[end:]
    new = draw(st.sampled_from(NASTY) | st.binary(max_size=8) | st.text(max_size=8).map(_utf_8))
    often = piece * draw(st.sampled_from((2, 50, 1000)))
    put: bytes = draw(st.sampled_from((b"", new, new + piece, often)))
    return before + put + (after if draw(st.integers(0, 9)) else b"")


def _utf_8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
