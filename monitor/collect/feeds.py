"""Page → Entries: read RSS, Atom and JSON feeds as they are found in the wild."""

from __future__ import annotations

import html
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from gzip import GzipFile
from io import BytesIO
from typing import Any
from xml.sax import SAXParseException  # the class alone; feedparser parses, with expat's limits

import feedparser

from monitor.collect.feed_dates import from_struct, from_text
from monitor.collect.sitemaps import is_sitemap, read_sitemap
from monitor.collect.twins import original_url
from monitor.collect.urls import clean_url
from monitor.collect.wishes import feed_wish
from monitor.errors import FeedError
from monitor.feed_records import Entry, ParsedFeed

ENTRIES_PER_POLL = 2_000  # a news sitemap may have 1,000; more are an archive, of which the newest are news
UNPACKED_BYTES = 20_000_000  # of a feed that is a gzip file; the largest news sitemaps have 2 MB
TITLE_CHARACTERS = 1_000  # the longest headline in the test corpus has 300; a text in its place is cut
GUID_CHARACTERS = 1_000  # a longer one is no identifier: the address takes its place

_NO_DATE = datetime.max.replace(tzinfo=UTC)
_HTML_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_CHARACTER_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,400})|([0-9]{1,400}));?")

# Unseen characters that make a line read otherwise than it is stored (Unicode TR 36, bidirectional text).
_TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# What feedparser 6.0.14 raises instead of setting `bozo` (kurtmckee/feedparser#599, and 12,000 feeds
# broken at random): on references to characters that do not exist, on extensions (psc, cc, itunes)
# without their attributes, on byte order marks that lie.
_PARSER_FAILURES = (ValueError, ArithmeticError, LookupError, AttributeError, TypeError, AssertionError)


def parse_feed(body: bytes, *, url: str, content_type: str | None) -> ParsedFeed:
    """Read the entries of a feed or a news sitemap, in its order, each address once.

    url: the address of the feed, for relative links. content_type: the header, which may name the
    character set. body may be a gzip file. Entries without a web address are left out; an entry without
    an identifier of its own gets its address as guid, and a cached AMP page the address of its publisher.
    Dates are as the feed states them, future ones too; None if missing, unreadable or outside
    FIRST_YEAR..LAST_YEAR. Of more than ENTRIES_PER_POLL entries the newest are taken, those without a date
    first; trouble tells how many were left out. Raises FeedError if this is no feed.
    """
    if body.startswith(b"\x1f\x8b"):
        body = _unpacked(body, url)
    if not body.strip(b"\0 \t\r\n"):
        raise FeedError(f"{url}: the answer is empty")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _newest(_read_json(body, url))
    return _newest(_read_sitemap(body, url) if is_sitemap(body) else _read_xml(body, url, content_type))


def _unpacked(body: bytes, url: str) -> bytes:
    try:
        unpacked = GzipFile(fileobj=BytesIO(body)).read(UNPACKED_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FeedError(f"{url}: a gzip file that cannot be unpacked") from error
    if len(unpacked) > UNPACKED_BYTES:
        raise FeedError(f"{url}: unpacked, it is larger than {UNPACKED_BYTES // 1_000_000} MB")
    return unpacked


def _newest(feed: ParsedFeed) -> ParsedFeed:
    """Keep ENTRIES_PER_POLL entries, in the feed's order, and say how many were left out."""
    left_out = len(feed.entries) - ENTRIES_PER_POLL
    if left_out <= 0:
        return feed
    by_age = sorted(feed.entries, key=lambda entry: entry.published_at or _NO_DATE, reverse=True)
    kept = frozenset(entry.url for entry in by_age[:ENTRIES_PER_POLL])
    said = f"{left_out} of {len(feed.entries)} entries were left out, the oldest; {ENTRIES_PER_POLL} are taken"
    entries = tuple(entry for entry in feed.entries if entry.url in kept)
    return ParsedFeed(feed.title, entries, "; ".join(filter(None, [feed.trouble, said])))


def _read_sitemap(body: bytes, url: str) -> ParsedFeed:
    found = read_sitemap(body, url=url)
    items = (
        _entry(None, item.address, url, _text(item.title, True), from_text(item.published)) for item in found.items
    )
    return ParsedFeed(_text(found.title, True) or None, _each_once(items), found.trouble)


def _read_xml(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
    trouble = None
    try:
        parsed = _feedparser(body, url, content_type)
    except _PARSER_FAILURES:
        trouble = "characters that do not exist were replaced"
        try:
            parsed = _feedparser(_CHARACTER_REFERENCE.sub(_existing, body), url, content_type)
        except _PARSER_FAILURES as error:
            raise FeedError(f"{url}: cannot be read as a feed ({type(error).__name__})") from error
    if not parsed.entries and (not parsed.version or _HTML_PAGE.match(body)):
        found = "a web page" if _HTML_PAGE.match(body) else "something else"
        raise FeedError(f"{url}: not a feed but {found}; look for the address of the feed itself")
    is_atom = parsed.version.startswith("atom")
    entries = (_xml_entry(item, url, is_atom=is_atom) for item in parsed.entries)
    title = _text(parsed.feed.get("title"), _is_markup(parsed.feed, is_atom=is_atom))
    keys = {"ttl": "ttl", "period": "sy_updateperiod", "frequency": "sy_updatefrequency"}
    wish = feed_wish(**{name: parsed.feed.get(key) for name, key in keys.items()})
    return ParsedFeed(title or None, _each_once(entries), trouble or _trouble(parsed), wish)


def _feedparser(body: bytes, url: str, content_type: str | None) -> Any:  # it ships no types
    """Parse bytes. feedparser would take a str for the name of a file, or of a page to load."""
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    # Titles are made plain text here, and article texts are not read from feeds: a third of the time.
    return feedparser.parse(
        BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _existing(reference: re.Match[bytes]) -> bytes:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    number = int(digits, base)
    return reference[0] if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else b"&#xFFFD;"


def _xml_entry(item: Any, base: str, *, is_atom: bool) -> Entry | None:
    # feedburner and its likes link to a counter; origLink is the article.
    link = item.get("feedburner_origlink") or item.get("link") or ""
    title = _text(item.get("title"), _is_markup(item, is_atom=is_atom))
    return _entry(item.get("id"), link, base, title, _xml_date(item))


def _xml_date(item: Any) -> datetime | None:
    for name in ("published", "created", "updated"):
        # "in" first: asked for an "updated" that is not there, feedparser warns and gives "published".
        if name in item and item[name]:  # noqa: RUF019 - see above
            parsed = item[f"{name}_parsed"] if f"{name}_parsed" in item else None  # noqa: SIM401 - see above
            moment = from_struct(parsed, written=str(item[name]))
            if moment:
                return moment
    return None


def _is_markup(item: Any, *, is_atom: bool) -> bool:
    """RSS does not say whether a title is markup, so it is taken for that; Atom does."""
    return not is_atom or item.get("title_detail", {}).get("type") != "text/plain"


def _trouble(parsed: Any) -> str | None:
    """Say what was wrong with a feed that could be read all the same."""
    error = parsed.get("bozo_exception")
    if isinstance(error, feedparser.CharacterEncodingOverride):
        # "us-ascii" is what RFC 3023 makes of every text/xml without a charset; nobody meant it.
        return None if "us-ascii" in str(error) else f"wrong character set: {_text(error, False)[:200]}"
    if error is None or isinstance(error, feedparser.NonXMLContentType):
        return None
    is_xml = isinstance(error, SAXParseException)
    what = f"line {error.getLineNumber()}: {error.getMessage()}" if is_xml else str(error)
    return f"not well-formed, read as far as possible: {_text(what, False)[:200]}"


def _read_json(body: bytes, url: str) -> ParsedFeed:
    """Read a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{url}: begins like a JSON feed, but is not JSON ({error})") from error
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in str(feed.get("version")):
        raise FeedError(f"{url}: JSON, but not a JSON Feed; look for the address of the feed itself")
    items = feed.get("items")
    if not isinstance(items, list):
        raise FeedError(f"{url}: a JSON Feed without a list of items")
    entries = (_json_entry(item, url) for item in items if isinstance(item, dict))
    return ParsedFeed(_text(feed.get("title"), False) or None, _each_once(entries), None)


def _json_entry(item: Mapping[str, object], base: str) -> Entry | None:
    written = item.get("date_published") or item.get("date_modified")
    guid = item.get("id")
    link = item.get("url") or item.get("external_url")
    if not link and str(guid).startswith(("http://", "https://")):
        link = guid  # the specification asks for the address as id, and some leave it at that
    title = _text(item.get("title"), False)
    return _entry(guid, link, base, title, from_text(written))


def _entry(guid: object, link: object, base: str, title: str, published_at: datetime | None) -> Entry | None:
    url = clean_url(str(link), base=base) if link else None
    url = clean_url(original_url(url)) if url else None
    if not url:
        return None
    name = _text(guid, False) if guid is not None else ""
    return Entry(name if 0 < len(name) <= GUID_CHARACTERS else url, url, title[:TITLE_CHARACTERS], published_at)


def _each_once(entries: Iterable[Entry | None]) -> tuple[Entry, ...]:
    """Drop what a feed says twice. A guid used for two addresses names neither: the second gets its own."""
    by_url: dict[str, Entry] = {}
    guids: set[str] = set()
    for entry in entries:
        if entry and entry.url not in by_url:
            guid = entry.url if entry.guid in guids else entry.guid
            by_url[entry.url] = Entry(guid, entry.url, entry.title, entry.published_at)
            guids.add(guid)
    return tuple(by_url.values())


def _text(value: object, is_markup: bool) -> str:
    """Make one line of plain text that can be stored and shown."""
    text = "" if value is None else str(value)
    if is_markup:
        text = html.unescape(_TAG.sub(" ", text))
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or _may_be_shown(c))
    return " ".join(text.split())


def _may_be_shown(character: str) -> bool:
    """Tell letters from control characters, halves of surrogate pairs, and what turns text around."""
    return unicodedata.category(character) not in ("Cc", "Cs") and character not in _TURNS_TEXT
