"""Feed list ⇄ OPML: read the lists of other programs as they are found, and write one that they read."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from html.entities import html5
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from monitor.collect.discover import feed_key, web_form
from monitor.collect.urls import host_of
from monitor.config import FOLDERS_DEEP, FeedSettings
from monitor.errors import FeedError
from monitor.masking import shown_address
from monitor.read.markup import FORBIDDEN, clean_line, decode_page

MAX_BYTES = 5_000_000  # 20,000 feeds, and as much as config/feeds.yaml may have
NAME_CHARACTERS = 200

# A slash in the name of one folder would make two of it; this sign looks the same.
_SLASH, _SLASH_IN_A_NAME = "/", "\N{DIVISION SLASH}"

_XML_OWN = ("amp", "lt", "gt", "quot", "apos")
_REFERENCE = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)?")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")  # its charset is no longer that of the text
_ENDLESS_TAG = re.compile(r"<[^<>]{100000}")  # hundreds of thousands of attributes keep libxml2 busy for minutes
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)

Outline = Any  # lxml ships no types: an _Element


@dataclass(frozen=True, slots=True)
class FeedsRead:
    """What a list says. refused: a line for each entry that cannot be taken, and for a broken file."""

    feeds: tuple[FeedSettings, ...]
    refused: tuple[str, ...]


def read_opml(body: bytes) -> FeedsRead:
    """Read a list of feeds in OPML 1 or 2; an address that stands there twice counts once.

    Nested outlines become the folder, else the first category does. A broken entry stops nothing, and of a
    broken file is read what can be. Nothing is loaded from anywhere. Raises FeedError if this is no OPML, is
    larger than MAX_BYTES, declares entities, is nested deeper than 256 levels, or is one endless tag.
    """
    if len(body) > MAX_BYTES:
        raise FeedError(f"larger than {MAX_BYTES:,} bytes; is this a list of feeds?")
    root, trouble = _parse(_plain(body))
    feeds: dict[str, FeedSettings] = {}
    refused = [trouble] if trouble else []
    for outline, folders in _outlines(root):
        taken = _feed(outline, folders)
        if isinstance(taken, FeedSettings):
            feeds.setdefault(feed_key(taken.url), taken)
        else:
            refused.append(f"line {outline.sourceline}: {taken}")
    return FeedsRead(tuple(feeds.values()), tuple(refused))


def write_opml(feeds: Iterable[FeedSettings], *, title: str = "monitor") -> str:
    """Write feeds as OPML 2, a nested outline for each folder. Passwords and tokens of addresses stay out."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    folders: dict[tuple[str, ...], Outline] = {(): etree.SubElement(root, "body")}
    for feed in feeds:
        parts = tuple(feed.folder.split(_SLASH)) if feed.folder else ()
        where = _folder(folders, parts)
        name = FORBIDDEN.sub("", feed.name)
        values = {"type": "rss", "text": name, "title": name, "xmlUrl": shown_address(feed.url)}
        etree.SubElement(where, "outline", values | ({"language": feed.lang} if feed.lang else {}))
    etree.indent(root)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written.decode() + "\n"


def _folder(known: dict[tuple[str, ...], Outline], parts: tuple[str, ...]) -> Outline:
    """Return the outline of a folder; it and those around it are made when they are first needed."""
    if parts not in known:
        name = FORBIDDEN.sub("", parts[-1]).replace(_SLASH_IN_A_NAME, _SLASH)
        known[parts] = etree.SubElement(_folder(known, parts[:-1]), "outline", {"text": name, "title": name})
    return known[parts]


def _plain(body: bytes) -> str:
    """Decode a list, and bring it into a form without any entity that could be expanded."""
    text = FORBIDDEN.sub("", decode_page(body, content_type=None)).lstrip("\ufeff")
    if _ENTITY.search(text):
        raise FeedError("declares entities, which a list of feeds needs none of; it was not read")
    if _ENDLESS_TAG.search(text):
        raise FeedError("holds something longer than any entry of a list of feeds; it was not read")
    declaration = _DECLARATION.match(text)
    return _REFERENCE.sub(_existing, text[declaration.end() :] if declaration else text)


def _existing(reference: re.Match[str]) -> str:
    """Keep XML's own references, write out those of HTML, and take any other & for a letter.

    A number of no character, such as half of a surrogate pair, is left out: the parser lets some through.
    """
    name = reference[1] or ""
    if name.startswith("#"):
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        is_one = number <= sys.maxunicode and not FORBIDDEN.match(chr(number))
        return reference[0] if is_one else ""
    return reference[0] if name in _XML_OWN else escape(html5.get(f"{name};", reference[0]))


def _parse(text: str) -> tuple[Outline, str | None]:
    """Parse a list; return its root, and what was wrong with it."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise FeedError(f"not OPML, nor any XML ({clean_line(str(error.msg))})") from None
    errors = [entry for entry in parser.error_log if "namespace" not in entry.message.lower()]
    if any("depth" in entry.message.lower() for entry in errors):
        raise FeedError("nested too deeply to be a list of feeds")
    name = "" if root is None else _local(root.tag)
    if name != "opml":
        advice = "a feed; add it with: monitor feeds add" if name in ("rss", "feed", "rdf") else "something else"
        raise FeedError(f"not OPML but {advice}")
    if not errors:
        return root, None
    what = clean_line(errors[0].message)
    return root, f"line {errors[0].line}: not well-formed ({what}); the rest was read as far as possible"


def _local(name: str) -> str:
    """Drop the namespace of a name, be it resolved or a prefix that nobody declared."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def _outlines(root: Outline) -> Iterator[tuple[Outline, tuple[str, ...]]]:
    """Yield the outlines that are no folders, with the folders they stand in."""
    waiting: list[tuple[Outline, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, folders = waiting.pop()
        is_outline = isinstance(element.tag, str) and _local(element.tag) == "outline"
        children = [child for child in element if isinstance(child.tag, str)]
        if is_outline and (not children or _address(element)):
            yield element, folders
        elif is_outline:
            folders = (*folders, *_folder_names([_name(element)]))
        waiting += [(child, folders) for child in reversed(children)]


def _feed(outline: Outline, folders: Sequence[str]) -> FeedSettings | str:
    """Read one entry. Returns the reason, in words, if it cannot be taken."""
    values, name = _values(outline), _name(outline)
    address = web_form(_address(outline))
    shown = name or clean_line(address)[:NAME_CHARACTERS] or "an entry without a name"
    if not address:
        return f"{shown}: no address of a feed"
    try:
        if "@" in urlsplit(address).netloc:
            return f"{shown}: a user name stands in its address; add it without, and give the feed a login"
        return FeedSettings(
            url=address,
            name=name or host_of(address),
            lang=_language(values.get("language", "")),
            folder=_SLASH.join((folders or _category(values.get("category", "")))[:FOLDERS_DEEP]) or None,
        )
    except ValueError:  # pydantic's too
        return f"{shown}: {clean_line(address)[:NAME_CHARACTERS]} is no address of a web page"


def _values(outline: Outline) -> dict[str, str]:
    """Return the attributes by their names in lower case: xmlUrl is written xmlurl and XMLURL too."""
    return {_local(key): value for key, value in outline.attrib.items()}


def _address(outline: Outline) -> str:
    values = _values(outline)
    plain = values.get("url", "") if values.get("type", "").lower() in ("rss", "atom", "feed") else ""
    return (values.get("xmlurl", "").strip() or plain).strip()


def _name(outline: Outline) -> str:
    values = _values(outline)
    written = (clean_line(values.get(key, "")) for key in ("text", "title"))
    return next(filter(None, written), "")[:NAME_CHARACTERS].strip()


def _folder_names(names: Iterable[str]) -> list[str]:
    """Make names of folders out of titles; one without a name is no folder."""
    return [name.replace(_SLASH, _SLASH_IN_A_NAME) for name in names if name]


def _category(written: str) -> list[str]:
    """Read the first category, as '/Boston/Weather,/Harvard/Berkman'."""
    parts = (
        clean_line(part)[:NAME_CHARACTERS].strip() for part in written.split(",", maxsplit=1)[0].split(_SLASH)
    )
    return [part for part in parts if part]


def _language(written: str) -> str | None:
    code = re.match(r"([a-z]{2,3})(?![a-z])", written.strip().lower())
    return code[1] if code else None
