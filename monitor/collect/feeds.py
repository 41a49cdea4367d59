"""Page → Entries: read RSS, Atom and JSON feeds as they are found in the wild."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from calendar import timegm
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from time import struct_time
from typing import Any
from xml.sax import SAXParseException  # the class alone; feedparser parses, with expat's limits

import feedparser

from monitor.collect.urls import clean_url
from monitor.collect.wishes import feed_wish
from monitor.errors import FeedError
from monitor.records import Entry, ParsedFeed

# The web began in 1990; a feed that names a year outside these bounds has a broken date.
FIRST_YEAR, LAST_YEAR = 1990, 2100

TITLE_CHARACTERS = 1_000  # the longest headline in the test corpus has 300; a text in its place is cut
GUID_CHARACTERS = 1_000  # a longer one is no identifier: the address takes its place

_HTML_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_YEAR_MONTH_DAY = re.compile(r"(\d{4})\D{0,3}(\d{1,2})\D{0,3}(\d{1,2})(?!\d{3})")
_A_ZONE_APART = timedelta(days=1)  # the written day is local, ours is UTC
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_CHARACTER_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,400})|([0-9]{1,400}));?")

# Unseen characters that make a line read otherwise than it is stored (Unicode TR 36, bidirectional text).
_TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# What feedparser 6.0.14 raises instead of setting `bozo` (kurtmckee/feedparser#599, and 12,000 feeds
# broken at random): on references to characters that do not exist, on extensions (psc, cc, itunes)
# without their attributes, on byte order marks that lie.
_PARSER_FAILURES = (ValueError, ArithmeticError, LookupError, AttributeError, TypeError, AssertionError)


def parse_feed(body: bytes, *, url: str, content_type: str | None) -> ParsedFeed:
    """Read the entries of a feed, in the feed's order, each address once.

    url: the address of the feed, for relative links. content_type: the header, which may name the
    character set. Entries without a web address are left out; an entry without an identifier of its
    own gets its address as guid. Dates are as the feed states them, future ones too; None if
    missing, unreadable or outside FIRST_YEAR..LAST_YEAR. Raises FeedError if this is no feed.
    """
    if not body.strip(b"\0 \t\r\n"):
        raise FeedError(f"{url}: the answer is empty")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _read_json(body, url)
    return _read_xml(body, url, content_type)


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
        parsed = item[f"{name}_parsed"] if f"{name}_parsed" in item else None  # noqa: SIM401 - see above
        if parsed:
            return _from_struct(parsed, written=str(item.get(name)))
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
    return _entry(guid, link, base, title, _from_text(written))


def _entry(guid: object, link: object, base: str, title: str, published_at: datetime | None) -> Entry | None:
    url = clean_url(str(link), base=base) if link else None
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


def _from_struct(parsed: struct_time, *, written: str) -> datetime | None:
    """Take feedparser's date unless it contradicts what is written.

    feedparser makes 1 January of a thirteenth month, and the first of a month it reads but in part.
    """
    try:
        moment = datetime.fromtimestamp(timegm(parsed), UTC)
        stated = _YEAR_MONTH_DAY.match(written.strip())
        if stated and abs(moment.date() - date(*map(int, stated.groups()))) > _A_ZONE_APART:
            return None
    except (ValueError, OverflowError):  # a month 13, a year 10000
        return None
    return _plausible(moment) if stated or not written.strip()[:4].isdigit() else None


def _from_text(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return _plausible(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _plausible(moment: datetime) -> datetime | None:
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None
