"""The worst feeds, as a server sends them: fetched, parsed in a worker, and written on the feed's row."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.collect.local_server import talking
from tests.failures.wire import FeedAfter, poll_feed, sends
from tests.town import Bench

ITEM = "<item><title>{title}</title><link>https://news.example/{name}</link>{more}</item>"


def rss(*items: str, head: str = "", charset: str = "utf-8") -> str:
    channel = f"<channel>{''.join(items)}</channel>"
    return f'<?xml version="1.0" encoding="{charset}"?>{head}<rss version="2.0">{channel}</rss>'


def item(title: str, name: str = "a", more: str = "") -> str:
    return ITEM.format(title=title, name=name, more=more)


def poll_text(
    bench: Bench, text: str, charset: str = "utf-8", content_type: str = "application/rss+xml"
) -> FeedAfter:
    return poll_feed(bench, sends(text.encode(charset), f"Content-Type: {content_type}"))


LAUGHS = f'<!DOCTYPE r [<!ENTITY a "{"ha" * 500}">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def test_case_01_billion_laughs(reading_bench: Bench) -> None:
    """A kilobyte that would unfold to a terabyte: the entity stays a word, the entry is stored."""
    after = poll_text(reading_bench, rss(item("&j; end"), head=LAUGHS + "]>"))
    assert len(after.entries) == 1
    assert "haha" not in after.titles[0] and len(after.titles[0]) < 20
    assert after.failures == 0


def test_case_02_quadratic_entities(reading_bench: Bench) -> None:
    """Twenty thousand references to one long entity, none of them inside another."""
    head = f'<!DOCTYPE r [<!ENTITY j "{"x" * 50_000}">]>'
    after = poll_text(reading_bench, rss(item("&j;" * 20_000 + " end"), head=head))
    assert len(after.entries) == 1
    assert "xx" not in after.titles[0]
    assert after.failures == 0


def test_case_03_entities_that_name_files(reading_bench: Bench, tmp_path: Path) -> None:
    """Neither a file of this machine nor an address is read for an entity or a document type."""
    secret = tmp_path / "secret"
    secret.write_text("the-secret")
    asked = []

    async def listen(*_: Any) -> None:
        asked.append("asked")

    runner, dtd = reading_bench.runner, talking(listen)
    base = runner.run(dtd.__aenter__())
    try:
        head = (
            f'<!DOCTYPE r SYSTEM "{base}/feed.dtd" [<!ENTITY f SYSTEM "{secret.as_uri()}">'
            f'<!ENTITY w SYSTEM "{base}/entity"><!ENTITY % p SYSTEM "{base}/parameter"> %p;]>'
        )
        after = poll_text(reading_bench, rss(item("One &f; two &w; three"), head=head))
    finally:
        runner.run(dtd.__aexit__(None, None, None))
    assert len(after.entries) == 1
    assert "the-secret" not in after.titles[0]
    assert asked == []


def test_case_04_characters_that_do_not_exist(reading_bench: Bench) -> None:
    """feedparser raises on them; the entries are stored, and the row says what was wrong."""
    after = poll_text(reading_bench, rss(item("One &#1114112; two"), item("Three &#xD800;", "b")))
    assert after.titles == ["One \ufffd two", "Three \ufffd"]
    assert (after.error, after.failures) == ("characters that do not exist were replaced", 0)


def test_case_06_a_feed_of_100_mb(reading_bench: Bench) -> None:
    """The fetch ends at the cap; the server gets rid of little more than that."""
    piece, sent = item("x" * 100_000).encode(), 0

    async def pour(_: Any, writer: Any) -> None:
        nonlocal sent
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000000\r\n\r\n<rss><channel>"
        )
        while sent < 100_000_000:
            writer.write(piece)
            await writer.drain()
            sent += len(piece)

    after = poll_feed(reading_bench, pour, max_body_mb=10)
    assert (after.error, after.failures, after.entries) == ("larger than 10 MB", 1, [])
    assert sent < 40_000_000  # the cap, and what lies in the buffers of two sockets


def test_case_09_a_silent_server(reading_bench: Bench) -> None:
    """It takes the request and says nothing: the deadline ends it."""

    async def say_nothing(reader: Any, _: Any) -> None:
        await reader.read()

    after = poll_feed(reading_bench, say_nothing, deadline_s=0.3)
    assert (after.error, after.failures) == ("no complete answer within 0.3 s", 1)


@pytest.mark.parametrize(
    ("declared", "header", "is_told"),
    [
        ("iso-8859-1", "text/xml; charset=windows-1251", False),
        ("windows-1251", "text/xml; charset=utf-8", True),
        ("utf-8", "application/xml", True),
    ],
)
def test_case_15_a_wrong_charset(reading_bench: Bench, declared: str, header: str, is_told: bool) -> None:
    """Feed and server contradict each other: the one that fits is taken. Where none fits, the row tells of it."""
    title = "Мэр опроверг сообщения о том, что мост через реку опасен для людей"
    after = poll_text(reading_bench, rss(item(title), charset=declared), "windows-1251", header)
    assert len(after.titles) == 1
    assert after.titles == [title] or declared == "utf-8"
    assert bool(after.error) == is_told
    assert after.failures == 0


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_case_16_utf_16_without_a_mark(reading_bench: Bench, charset: str) -> None:
    """The zeros between the letters say which it is."""
    after = poll_text(reading_bench, rss(item("Мост закрыт 다리"), charset="utf-16"), charset)
    assert (after.titles, after.failures) == (["Мост закрыт 다리"], 0)


def test_case_17_control_characters(reading_bench: Bench) -> None:
    """None reaches the store: they cut text short in C, and command terminals."""
    after = poll_text(reading_bench, rss(item("a\0b\x08c\x1b[2Jd\x9be\u202ef"), item("&#0;&#x1b;g", "b")))
    assert len(after.entries) == 2
    assert all(title.isprintable() for title in after.titles)
    assert after.titles[0].startswith("abc")
    assert after.failures == 0


def test_case_18_an_undeclared_entity(reading_bench: Bench) -> None:
    """&nbsp; is HTML's, not XML's; the title goes on behind it."""
    after = poll_text(reading_bench, rss(item("Bridge&nbsp;closed &mdash; again &unknown; today")))
    assert after.titles == ["Bridge closed — again &unknown; today"]
    assert after.failures == 0


DATES = {
    "Mon, 31 Feb 2026 10:00:00 GMT": None,
    "2026-13-45": None,
    "yesterday": None,
    "22 Nov 2026 00:30 EST": "2026-11-22T05:30:00Z",
    "Sun, 22 Nov 2026 04:30:00 XYZ": "2026-11-22T04:30:00Z",
    "Sun, 22 Nov 2026 04:30:00 +0900": "2026-11-21T19:30:00Z",
}


def test_dates_that_are_none_are_unknown(reading_bench: Bench) -> None:
    """What cannot be read is unknown, never today; a zone that nobody knows counts as UTC.

    When the entry was first seen stands beside it.
    """
    items = [item("One", str(n), f"<pubDate>{written}</pubDate>") for n, written in enumerate(DATES)]
    after = poll_text(reading_bench, rss(*items))
    assert {written: row[2] for written, row in zip(DATES, after.entries, strict=True)} == DATES
    assert reading_bench.rows("SELECT DISTINCT first_seen_at FROM entries") == [("2026-11-22T06:04:20Z",)]


def test_case_26_a_web_page_in_a_feeds_place(reading_bench: Bench) -> None:
    """feedparser finds no entries in it and no mistake; the row says what it is and what to do."""
    page = "<!doctype html><html><head><title>News</title></head><body><p>Please log in.</p></body></html>"
    after = poll_text(reading_bench, page, content_type="application/rss+xml")
    assert after.error is not None
    assert after.error.endswith("not a feed but a web page; look for the address of the feed itself")
    assert after.failures == 1


WHOLE = rss(*(item(f"Story {n}", str(n)) for n in range(200))).encode()
PACKED = gzip.compress(WHOLE)


async def breaks_off(_: Any, writer: Any) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(WHOLE))
    writer.write(WHOLE[: len(WHOLE) // 2])
    await writer.drain()
    writer.transport.abort()


async def chunks_without_end(_: Any, writer: Any) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
    writer.write(b"%x\r\n%b\r\n" % (len(WHOLE), WHOLE))
    await writer.drain()


BROKEN_OFF = {
    "announced as longer": sends(WHOLE[: len(WHOLE) // 2], announced=len(WHOLE)),
    "breaks off": breaks_off,
    "chunks without end": chunks_without_end,
    "packed, cut in the middle": sends(PACKED[: len(PACKED) // 2], "Content-Encoding: gzip"),
    "packed, cut before its end": sends(PACKED[:-9], "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("script", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_case_43_a_truncated_body(reading_bench: Bench, script: Any) -> None:
    """Half a feed is no feed: it fails, none of it is stored, and it is asked for again."""
    after = poll_feed(reading_bench, script)
    assert (after.error, after.failures, after.entries) == ("the answer broke off or cannot be unpacked", 1, [])
