"""Web page → the addresses that may be its feeds, most promising first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from monitor.collect.feeds import parse_feed
from monitor.collect.urls import clean_url
from monitor.read.markup import SNIFFED_BYTES, Tree, parse_markup

MOST_NAMED = 12  # addresses that a page names and that are asked; a portal's list of feeds has hundreds
MOST_SITEMAPS = 3
TITLE_CHARACTERS = 100  # a longer one is a description, and no name to stand in a digest

# What sites call their feeds, the likeliest first. Asked only where a page names none.
USUAL_PLACES = (
    "feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "feed/", "feeds", "atom",
    "index.rdf", "rss/news.xml", "feeds/all.xml", "news/rss", "?feed=rss2",
)  # fmt: skip
NEWS_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "sitemaps/news.xml")

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
# Types that are also used for other things: they count where the address looks like a feed's.
VAGUE_TYPES = frozenset({"application/json", "application/xml", "text/xml"})

GZIP = b"\x1f\x8b"  # only sitemaps are kept as files that are packed

_LOOKS_LIKE_A_FEED = re.compile(
    r"(?:^|[/._?&=-])(?:rss2?|atom|feeds?|rdf|xmlfeed)(?:$|[/._?&=\d-])|\.(?:rss|atom|rdf)$", re.IGNORECASE
)
# Addresses of readers, and of comments on one article, look like feeds and are none to follow a site by.
_NO_FEED_OF_NEWS = re.compile(r"/comments?/|comments-rss|feedback|feedly\.com|/wp-json/oembed", re.IGNORECASE)
_SITEMAP_LINE = re.compile(rb"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_LANGUAGE = re.compile(
    rb"""<(?:\w+:)?language>\s*([A-Za-z]{2,3})\b|\bxml:lang\s*=\s*["']([A-Za-z]{2,3})\b|"language"\s*:\s*"([A-Za-z]{2,3})\b"""
)


class FeedKind(StrEnum):
    """What a feed is written in."""

    RSS = "RSS"
    ATOM = "Atom"
    JSON = "JSON Feed"
    SITEMAP = "news sitemap"


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was fetched and read. newest: the date of its newest entry; lang: what it says it is in."""

    url: str
    title: str
    kind: FeedKind
    entries: int
    newest: datetime | None
    lang: str | None


def feed_key(url: str) -> str:
    """Return what the addresses of one feed have in common: not http or https, nor a slash at the end."""
    return (clean_url(url) or url).partition("://")[2].rstrip("/") or url


def feeds_named(body: bytes, *, url: str, content_type: str | None) -> list[str]:
    """Return the addresses that a page names as its feeds: in its head, then in links that look like one's.

    url: of the page. At most MOST_NAMED, each once. Raises ReadError if the page cannot be read.
    """
    tree = parse_markup(body, content_type=content_type)
    base = urljoin(url, next(iter(tree.xpath("//base/@href")), "").strip())
    return _web_addresses([*_alternates(tree), *_anchors(tree)], base)[:MOST_NAMED]


def usual_places(url: str) -> list[str]:
    """Return where feeds usually lie: in the page's own folder, then at the top of its site."""
    folder = urljoin(url, ".")
    own = [urljoin(folder, place) for place in USUAL_PLACES[:3]] if urlsplit(folder).path != "/" else []
    return _web_addresses([*own, *(urljoin(url, f"/{place}") for place in USUAL_PLACES)], url)


def sitemaps_named(robots: bytes, *, url: str) -> list[str]:
    """Return the sitemaps of robots.txt that may list news: those whose name says so. url: of robots.txt."""
    named = [match[1].decode("utf-8", "replace") for match in _SITEMAP_LINE.finditer(robots)]
    return _web_addresses((one for one in named if "news" in urlsplit(one).path.lower()), url)[:MOST_SITEMAPS]


def news_sitemaps(url: str) -> list[str]:
    """Return where news sitemaps usually lie."""
    return [urljoin(url, f"/{place}") for place in NEWS_SITEMAPS]


def look_at(body: bytes, *, url: str, content_type: str | None) -> FoundFeed:
    """Read what lies at an address as a feed. Raises FeedError if it is none."""
    parsed = parse_feed(body, url=url, content_type=content_type)
    stated = _LANGUAGE.search(body[:SNIFFED_BYTES])
    lang = next((group.decode().lower() for group in stated.groups() if group), None) if stated else None
    newest = max((entry.published_at for entry in parsed.entries if entry.published_at), default=None)
    title = (parsed.title or "")[:TITLE_CHARACTERS].strip()
    return FoundFeed(url, title, _kind(body), len(parsed.entries), newest, lang)


def _kind(body: bytes) -> FeedKind:
    head = body[:SNIFFED_BYTES].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"{"):
        return FeedKind.JSON
    if body.startswith(GZIP) or re.search(rb"<(?:\w+:)?urlset\b", head):
        return FeedKind.SITEMAP
    return FeedKind.ATOM if re.search(rb"<(?:\w+:)?feed\b", head) else FeedKind.RSS


def _alternates(tree: Tree) -> Iterator[str]:
    """Yield what <link rel="alternate"> or rel="feed" leads to, where its type is that of a feed."""
    for link in tree.iter("link"):
        relations = set((link.get("rel") or "").lower().split())
        kind = (link.get("type") or "").lower().partition(";")[0].strip()
        address = (link.get("href") or "").strip()
        is_feed = kind in FEED_TYPES or (kind in VAGUE_TYPES and _looks_like_a_feed(address))
        if address and (relations == {"feed"} or (is_feed and relations & {"alternate", "feed"})):
            yield address


def _anchors(tree: Tree) -> Iterator[str]:
    for link in tree.iter("a"):
        address = (link.get("href") or "").strip()
        if address and _looks_like_a_feed(address):
            yield address


def _looks_like_a_feed(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    where = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return bool(_LOOKS_LIKE_A_FEED.search(where)) and not _NO_FEED_OF_NEWS.search(address)


def _web_addresses(addresses: Iterable[str], base: str) -> list[str]:
    """Make addresses absolute, in their order; what does not lead to the web is left out, and twins are."""
    found: dict[str, str] = {}
    for address in addresses:
        try:
            absolute = urljoin(base, web_form(address)).partition("#")[0]
        except ValueError:
            continue
        if clean_url(absolute) and "@" not in urlsplit(absolute).netloc:
            found.setdefault(absolute.partition("://")[2], absolute)
    return list(found.values())


def web_form(address: str) -> str:
    """Write feed://host/path and feed:https://host/path, which some programs hand over, as web addresses."""
    plain = re.sub(r"^feed:(?://)?(?=https?:)", "", address.strip(), flags=re.IGNORECASE)
    return re.sub(r"^feed://", "http://", plain, flags=re.IGNORECASE)
