"""Markup → PageFacts: find the headline, author, site, dates and address that a page states about itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from courlan import extract_domain
from htmldate import find_date
from trafilatura.metadata import extract_author, extract_title

from monitor.collect.twins import is_hub_of, original_url
from monitor.read.markup import Tree, clean_line

# A 2 MB block of broken JSON costs trafilatura's own reader 9 s; a real one has 2 to 60 kB.
MAX_JSON_CHARS = 300_000
MAX_JSON_DEPTH = 6
MAX_SITE_CHARS = 200
ARTICLE_TYPES = re.compile(r"(Article|BlogPosting|Report|LiveBlogPosting)$")
OLDEST, NEWEST = datetime(1995, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "dc.date.issued",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publish-date",
    "publication_date",
    "dc.date",
)
MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")
SEPARATORS = re.compile(r"\s+[|\-–—•·»:]\s+|\s*[|｜]\s*|\s+::\s+")
HANDLE = re.compile(r"https?://|^@|\.(com|org|net)\b")
BY = re.compile(r"^(by|von|par|por|di|da|автор|текст)\s*:?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page states about its article; None where it states nothing.

    headline: the page's own, without the outlet's name. body: the text in its JSON-LD, if any. stated_author: who
    wrote by JSON-LD or <meta>; what the markup adds to that, in author, may be the byline of another story.
    """

    headline: str | None
    author: str | None
    stated_author: str | None
    site: str | None
    published_at: datetime | None
    modified_at: datetime | None
    canonical_url: str | None
    amp_url: str | None
    body: str | None


def find_facts(tree: Tree, *, url: str) -> PageFacts:
    """Collect what JSON-LD, <meta> and the markup say, in this order; removes the tree's scripts and styles."""
    article = _article_in_json(tree)
    for element in tree.xpath("//script | //style | //template"):
        element.drop_tree()
    metas = _metas(tree)
    names = (_name(article.get("publisher")), metas.get("og:site_name"), metas.get("application-name"))
    site = _first(*(name for name in names if name and len(name) <= MAX_SITE_CHARS))
    author = _stated_author(article, metas)
    return PageFacts(
        headline=_headline(tree, article, metas, site),
        author=author or _person(extract_author(tree)),  # the last costs 10 ms
        stated_author=author,
        site=site,
        published_at=_published(tree, article, metas),
        modified_at=_modified(tree, article, metas),
        canonical_url=_canonical(tree, metas, original_url(url)),
        amp_url=_own_site(tree.xpath('//link[@rel="amphtml"]/@href'), original_url(url)),
        body=_text(article.get("articleBody")),
    )


def to_moment(value: object) -> datetime | None:
    """Read a date in ISO 8601; one without a zone is UTC, one without a time midnight UTC.

    None if it is no date, or lies before 1995 or after 2099.
    """
    text = str(value).strip() if isinstance(value, str) else ""
    # Python reads "+02:00", not "+0200 ", and no space before the zone.
    text = re.sub(r"(\d)\s+([+-]\d\d:?\d\d|Z)$", r"\1\2", text.replace(" UTC", "Z").replace(" GMT", "Z"))
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.replace(microsecond=0) if OLDEST <= moment < NEWEST else None


def _article_in_json(tree: Tree) -> dict[str, object]:
    """The JSON-LD object that describes the article; empty if there is none."""
    for script in tree.xpath('//script[contains(@type, "ld+json")]'):
        text = script.text or ""
        if len(text) > MAX_JSON_CHARS:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data, MAX_JSON_DEPTH):
            kinds = item.get("@type")
            if any(ARTICLE_TYPES.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])):
                return item
    return {}


def _objects(data: object, depth: int) -> Iterator[dict[str, object]]:
    if isinstance(data, list) and depth:
        for part in data:
            yield from _objects(part, depth - 1)
    elif isinstance(data, dict) and depth:
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(data.get(key), depth - 1)


def _metas(tree: Tree) -> dict[str, str]:
    metas: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (
            element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        )
        content = clean_line(element.get("content") or "")
        if name and content:
            metas.setdefault(name.strip().lower(), content)
    return metas


def _headline(tree: Tree, article: dict[str, object], metas: dict[str, str], site: str | None) -> str | None:
    in_page = [clean_line(h1.text_content()) for h1 in tree.iter("h1")]
    stated = _first(_text(article.get("headline")), metas.get("og:title"), metas.get("twitter:title"))
    if stated:
        # The headline that stands on the page is the one without the outlet's name.
        shown = next((h1 for h1 in in_page if len(h1) > 8 and h1.casefold() in stated.casefold()), None)
        return shown or _without_site(stated, site)
    found = _first(extract_title(tree))
    return _without_site(found, site) if found else None


def _without_site(title: str, site: str | None) -> str:
    """Cut " | Outlet" off the end (or the start) where the outlet is known by name."""
    for match in reversed(list(SEPARATORS.finditer(title)) if site else []):
        head, tail = title[: match.start()], title[match.end() :]
        if head and _same_name(tail, site or ""):
            return head
        if tail and _same_name(head, site or ""):
            return tail
    return title


def _same_name(part: str, site: str) -> bool:
    one, other = (re.sub(r"\W|\.(com|org|net)$", "", name.casefold()) for name in (part, site))
    return bool(one) and (one in other or other in one) and len(part) <= 2 * len(site) + 4


def _stated_author(article: dict[str, object], metas: dict[str, str]) -> str | None:
    stated = _names(article.get("author")) or _names(article.get("creator"))
    named = (metas.get(key) for key in ("author", "article:author", "byl", "parsely-author", "dc.creator"))
    return _person(", ".join(stated)) or next((name for value in named if (name := _person(value))), None)


def _person(value: str | None) -> str | None:
    name = BY.sub("", clean_line(value or "")).replace("; ", ", ")
    return name if name and not HANDLE.search(name) and len(name) <= 200 else None


def _published(tree: Tree, article: dict[str, object], metas: dict[str, str]) -> datetime | None:
    stated = [article.get("datePublished"), *(metas.get(key) for key in PUBLISHED), *_times(tree, "datePublished")]
    first = next((moment for value in stated if (moment := to_moment(value))), None)
    if first:
        return first
    shown = [
        time.get("datetime")
        for time in tree.xpath("//time[@pubdate] | //article//time[@datetime] | //main//time[@datetime]")
    ]
    first = next((moment for value in shown if (moment := to_moment(value))), None)
    # htmldate reads "12. Oktober 2024" out of bylines. Without its extensive search, which takes any
    # date in the text; its upper bound is fixed so that the same page always gives the same date.
    found = first or find_date(
        tree,
        extensive_search=False,
        original_date=True,
        min_date=OLDEST,
        max_date=NEWEST,
        deferred_url_extractor=True,
    )
    return to_moment(found) if isinstance(found, str) else found


def _modified(tree: Tree, article: dict[str, object], metas: dict[str, str]) -> datetime | None:
    stated = [article.get("dateModified"), *(metas.get(key) for key in MODIFIED), *_times(tree, "dateModified")]
    return next((moment for value in stated if (moment := to_moment(value))), None)


def _times(tree: Tree, name: str) -> list[str | None]:
    return [item.get("datetime") or item.get("content") for item in tree.xpath("//*[@itemprop=$name]", name=name)]


def _canonical(tree: Tree, metas: dict[str, str], url: str) -> str | None:
    """The page's own address for itself, if it is on the same domain and no front page or section."""
    return _own_site([*tree.xpath('//link[@rel="canonical"]/@href'), metas.get("og:url")], url)


def _own_site(links: Iterable[str | None], url: str) -> str | None:
    for link in links:
        try:
            absolute = original_url(urljoin(url, link.strip())) if link else ""
            if _registered(absolute) != _registered(url) or is_hub_of(absolute, url):
                continue
        except ValueError:
            continue
        if urlsplit(absolute).scheme in ("http", "https"):
            return absolute.partition("#")[0]
    return None


def _registered(url: str) -> str:
    return extract_domain(url) or urlsplit(url).netloc


def _name(value: object) -> str | None:
    return next(iter(_names(value)), None)


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for part in value for name in _names(part)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    text = _text(value)
    return [text] if text else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _first(*values: str | None) -> str | None:
    """The first value with something in it, as one clean line."""
    return next((line for value in values if value and (line := clean_line(value))), None)
