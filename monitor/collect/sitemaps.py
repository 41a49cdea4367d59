"""Page → Entries: read the news sitemaps that publishers keep for search engines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

from lxml import etree

from monitor.collect.urls import clean_url
from monitor.errors import FeedError

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?P<root>[\w.-]+)[\s>]")
_PROLOG = re.compile(rb"(?:\s|\xef\xbb\xbf|<\?.{0,2000}?\?>|<!--.{0,5000}?-->)*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SitemapItem:
    """One article of a news sitemap, as written: "" where nothing is."""

    address: str
    title: str
    published: str


@dataclass(frozen=True, slots=True)
class NewsSitemap:
    """A news sitemap. title: the name of the publication, if any. trouble: where its XML breaks off."""

    title: str | None
    items: tuple[SitemapItem, ...]
    trouble: str | None


def is_sitemap(body: bytes) -> bool:
    """Tell a sitemap, or a list of sitemaps, from feeds by its outermost element."""
    prolog = _PROLOG.match(body)
    root = _ROOT.match(body, prolog.end() if prolog else 0)
    return root is not None and root["root"] in (b"urlset", b"sitemapindex")


def read_sitemap(body: bytes, *, url: str) -> NewsSitemap:
    """Read the articles of a news sitemap, in its order; addresses without news are left out.

    Entities are not resolved and nothing is loaded. url: for the errors. Raises FeedError for a list of sitemaps,
    naming the one to follow, and for a sitemap that has addresses but no news.
    """
    items: list[SitemapItem] = []
    lists: list[tuple[str, str]] = []
    name, others, trouble = None, 0, None
    try:
        for element in _elements(body):
            news = element.find("{*}news")
            if etree.QName(element).localname == "sitemap":
                lists.append((_said(element, "loc"), _said(element, "lastmod")))
            elif news is None:
                others += 1
            else:
                said = (_said(news, "title"), _said(news, "publication_date"))
                items.append(SitemapItem(_said(element, "loc"), *said))
                name = name or _said(news, "publication/{*}name") or None
    except etree.XMLSyntaxError as error:
        trouble = f"not well-formed, read as far as possible: {' '.join(str(error).split())[:200]}"
    if lists:
        raise FeedError(f"{url}: a list of sitemaps; follow the one with news in it, perhaps {_likely(lists)}")
    if not items and (others or trouble):
        raise FeedError(f"{url}: a sitemap without news (no news:news in it); look for the news sitemap or a feed")
    return NewsSitemap(name, tuple(items), trouble)


def _elements(body: bytes) -> Iterator[etree._Element]:
    """Yield each <url> and <sitemap> as it ends, and forget it: memory stays that of one."""
    parser = etree.iterparse(
        BytesIO(body),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    for _, element in parser:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _said(element: etree._Element, name: str) -> str:
    return str(element.findtext(f"{{*}}{name}") or "").strip()


def _likely(lists: list[tuple[str, str]]) -> str:
    """Choose the sitemap with "news" in its path, the newest of several."""
    named = [(clean_url(address) or "", changed) for address, changed in lists]
    return max(named, key=lambda listed: ("news" in urlsplit(listed[0]).path.lower(), listed[1]))[0]
