"""Any bytes → read or refused: what the product reads from outside, and the laws that hold whatever stands there.

Each target returns whether the bytes could be read; it raises only for what is a bug.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from monitor.collect.feed_dates import FIRST_YEAR, LAST_YEAR
from monitor.collect.feeds import GUID_CHARACTERS, TITLE_CHARACTERS, parse_feed
from monitor.collect.opml import FeedsRead, read_opml, write_opml
from monitor.collect.urls import MAX_CHARACTERS, clean_url
from monitor.config import load_baseline, load_settings
from monitor.errors import ConfigError, FeedError, ReadError
from monitor.read.markup import clean_line
from monitor.read.page import read_page

URL = "https://news.example/2026/story"
_IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - names in it are drawn
CONTENT_TYPES = (
    None,
    "text/xml",
    "text/html; charset=utf-8",
    "application/xml; charset=windows-1251",
    "x; charset=",
)


def _content_type(body: bytes) -> str | None:
    """Choose a header by the body, so that an input says all there is to say of a run."""
    return CONTENT_TYPES[len(body) % len(CONTENT_TYPES)]


def feed(body: bytes) -> bool:
    """Read a feed; what comes out can be stored, shown and asked for."""
    try:
        parsed = parse_feed(body, url=URL, content_type=_content_type(body))
    except FeedError as error:
        _check_one_line(error.why)
        return False
    urls = [entry.url for entry in parsed.entries]
    assert len(urls) == len(set(urls))
    for entry in parsed.entries:
        assert clean_url(entry.url) == entry.url
        assert len(entry.url) <= 3 * MAX_CHARACTERS
        assert 0 < len(entry.guid) <= max(GUID_CHARACTERS, len(entry.url))
        assert len(entry.title) <= TITLE_CHARACTERS
        _check_one_line(entry.guid)
        _check_one_line(entry.title)
        assert entry.published_at is None or FIRST_YEAR <= entry.published_at.year <= LAST_YEAR
    _check_one_line(parsed.trouble or "")
    return True


def page(body: bytes) -> bool:
    """Read a page; its text is in the form that is stored, and its sentences stand where they say."""
    try:
        read = read_page(body, url=URL, content_type=_content_type(body))
    except ReadError as error:
        _check_one_line(error.why)
        return False
    text = read.extract.text
    assert text and text == "\n".join(map(clean_line, text.split("\n")))
    assert read.sentences
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in read.sentences)
    _check_one_line(read.extract.title)
    return True


def config(body: bytes) -> bool:
    """Read the settings; what is wrong is told in one line."""
    return _read_file(load_settings, body)


def claims(body: bytes) -> bool:
    """Read the claims file; what is wrong is told in one line."""
    return _read_file(load_baseline, body)


def opml(body: bytes) -> bool:
    """Read a list of feeds; what was taken over is written and read back as it is."""
    try:
        read = read_opml(body)
    except FeedError as error:
        _check_one_line(error.why)
        return False
    for line in read.refused:
        _check_one_line(line)
    again = read_opml(write_opml(read.feeds).encode())
    assert _sorted(again) == _sorted(read)  # a list is written folder by folder
    return True


def _sorted(read: FeedsRead) -> list[tuple[str, str, str]]:
    return sorted((feed.name, feed.folder or "", feed.lang or "") for feed in read.feeds)


def _read_file(read: Callable[[Path], object], body: bytes) -> bool:
    with tempfile.TemporaryDirectory(prefix="monitor-fuzz-", dir=_IN_MEMORY) as folder:
        path = Path(folder) / "input.yaml"
        path.write_bytes(body)
        try:
            read(path)
        except ConfigError as error:
            _check_one_line(error.why)
            return False
    return True


def _check_one_line(text: str) -> None:
    text.encode()
    assert len(text.splitlines()) <= 1, repr(text)


TARGETS: Mapping[str, Callable[[bytes], bool]] = {
    "feeds": feed,
    "pages": page,
    "config": config,
    "claims": claims,
    "opml": opml,
}
