"""Lists of feeds as other programs write them, and as enemies would."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.opml import MAX_BYTES, FeedsRead, read_opml, write_opml
from monitor.config import FeedSettings
from monitor.errors import FeedError

A = '<outline text="A" xmlUrl="http://a.example/feed"/>'


def listed(*outlines: str, head: str = "") -> str:
    return f'{head}<opml version="2.0"><head><title>Mine</title></head><body>{"".join(outlines)}</body></opml>'


def read(text: str | bytes) -> FeedsRead:
    return read_opml(text.encode() if isinstance(text, str) else text)


def facts(text: str | bytes) -> list[tuple[str, str, str | None]]:
    return [(feed.name, feed.url, feed.folder) for feed in read(text).feeds]


@pytest.mark.parametrize(
    ("outline", "name", "url"),
    [
        ('<outline text="A" xmlUrl="http://a.example/feed"/>', "A", "http://a.example/feed"),
        ('<outline title="A" XMLURL="http://a.example/feed"/>', "A", "http://a.example/feed"),
        ('<outline text="" title="A" xmlurl=" http://a.example/feed "/>', "A", "http://a.example/feed"),
        ('<outline type="rss" url="http://a.example/feed"/>', "a.example", "http://a.example/feed"),
        ('<outline text="A" xmlUrl="feed://a.example/feed"/>', "A", "http://a.example/feed"),
        ('<outline text="A" xmlUrl="feed:https://a.example/feed"/>', "A", "https://a.example/feed"),
        ('<outline text="R&D &nbsp;&LT;b" xmlUrl="http://a.example/?a=1&b=2&copy=3"/>', "R&D <b", "http://a.example/?a=1&b=2&copy=3"),
        ('<outline text="&#26032;&#x805e;&#1;" xmlUrl="http://a.example/feed"/>', "新聞", "http://a.example/feed"),
    ],
)  # fmt: skip
def test_an_entry_is_read_however_it_is_written(outline: str, name: str, url: str) -> None:
    """Twenty years of programs wrote these; the address is what counts."""
    assert facts(listed(outline)) == [(name, url, None)]


def test_nested_outlines_and_categories_are_folders() -> None:
    """What stands in an outline is nearer to the person's order than a category."""
    feed = '<outline text="K" xmlUrl="http://k.example" category="/x"/>'
    nested = f'<outline text="Korea"><outline text="TV/Radio">{feed}</outline></outline>'
    by_category = '<outline text="C" xmlUrl="http://c.example" category="/Korea/Agencies,/Other"/>'
    assert facts(listed(nested, by_category)) == [
        ("K", "http://k.example", "Korea/TV∕Radio"),
        ("C", "http://c.example", "Korea/Agencies"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        listed(A).encode("utf-16"),
        listed(A, head='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16-le"),
        listed(A, head='<?xml version="1.0" encoding="utf-16"?>'),
        b"\xef\xbb\xbf" + listed(A).encode(),
        listed(A).replace("<opml ", '<opml xmlns="http://www.opml.org/spec2" '),
        listed(A).replace("<outline", "<o:outline").replace("<body>", "<o:body>").replace("</body>", "</o:body>"),
        listed(A).replace("opml", "OPML").replace("outline", "OUTLINE"),
        listed(A, head='<!DOCTYPE opml SYSTEM "http://127.0.0.1:1/opml.dtd">'),
    ],
)
def test_charsets_namespaces_and_doctypes_do_not_matter(text: str | bytes) -> None:
    """The doctype is loaded from nowhere: nothing listens at that port."""
    assert facts(text) == [("A", "http://a.example/feed", None)]


def test_a_broken_entry_does_not_stop_the_rest() -> None:
    """Each is told in one line that names it, and where it stands."""
    result = read(
        listed(
            '<outline text="No address"/>\n',
            '<outline text="Secret" xmlUrl="https://anna:pass@s.example/feed"/>\n',
            '<outline text="Script" xmlUrl="javascript:alert(1)"/>\n',
            '<outline text="Local" xmlUrl="file:///etc/passwd"/>\n',
            '<outline text="Again" xmlUrl="https://a.example/feed/"/>\n',
            A,
        )
    )
    assert [feed.url for feed in result.feeds] == ["https://a.example/feed/"]
    assert result.refused == (
        "line 1: No address: no address of a feed",
        "line 2: Secret: a user name stands in its address; add it without, and give the feed a login",
        "line 3: Script: javascript:alert(1) is no address of a web page",
        "line 4: Local: file:///etc/passwd is no address of a web page",
    )


def test_a_list_that_breaks_off_is_read_up_to_there() -> None:
    """A download that was cut holds most of the feeds."""
    result = read(listed(A, '<outline text="B" xmlUrl="http://b.example"/>\n').partition("\n")[0] + "<outl")
    assert [feed.name for feed in result.feeds] == ["A", "B"]
    assert len(result.refused) == 1 and "not well-formed" in result.refused[0]


LAUGHS = '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
MANY_ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(20_000))
OUTSIDE = '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (listed('<outline text="&c;"/>', head=LAUGHS), "declares entities"),
        (listed("&a;", head=OUTSIDE), "declares entities"),
        (listed("&a;", head=OUTSIDE).encode("utf-16"), "declares entities"),
        (listed('<outline text="x">' * 300), "nested too deeply"),
        (listed('<outline text="x">' * 50_000), "nested too deeply"),
        (listed(f"<outline {MANY_ATTRIBUTES}/>"), "longer than any entry"),
        (b" " * (MAX_BYTES + 1), "larger than 5,000,000 bytes"),
        ("", "not OPML"),
        ("dear diary", "not OPML but something else"),
        ("<!doctype html><title>Hello</title>", "not OPML but something else"),
        ('<rss version="2.0"><channel/></rss>', "not OPML but a feed; add it with: monitor feeds add"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not OPML"),
    ],
)
def test_hostile_lists_end_in_one_clear_line(text: str | bytes, why: str) -> None:
    """Nothing is expanded, loaded or followed."""
    with pytest.raises(FeedError, match=why) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_an_export_holds_no_token() -> None:
    """Lists are handed on to others."""
    feed = FeedSettings(url="https://s.example/feed?a=1&token=5f3a", name='Secret "news" & more', lang="ko")
    written = write_opml([feed])
    assert "5f3a" not in written
    assert facts(written) == [('Secret "news" & more', "https://s.example/feed?a=1&token=…", None)]
    assert read(written).feeds[0].lang == "ko"


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
FEEDS = st.lists(
    st.builds(
        FeedSettings,
        url=st.integers(0, 99).map(lambda n: f"http://a.example/feed?n={n}&lang=x"),
        name=NAMES,
        lang=st.sampled_from([None, "ko", "en"]),
        folder=st.lists(NAMES.filter(lambda name: "/" not in name), max_size=3).map(
            lambda parts: "/".join(parts) or None
        ),
    ),
    unique_by=lambda feed: feed.url,
    max_size=8,
)


@given(FEEDS)
def test_what_is_exported_is_imported_again(feeds: Sequence[FeedSettings]) -> None:
    """Folders, names, languages and addresses stay; the feeds of a folder come together."""
    first = read(write_opml(feeds))
    assert first.refused == ()
    assert {feed.url: feed for feed in first.feeds} == {
        feed.url: feed.model_copy(update={"name": normal(feed.name), "folder": normal(feed.folder)})
        for feed in feeds
    }
    assert facts(write_opml(first.feeds)) == facts(write_opml(read(write_opml(first.feeds)).feeds))


def normal(text: str | None) -> str | None:
    """Names are brought into one form (NFC), as all text that is stored."""
    return unicodedata.normalize("NFC", text) if text else text


def test_numbers_of_no_character_are_left_out() -> None:
    """libxml2 lets half of a surrogate pair through, and whoever reads the name then fails (found by fuzzing)."""
    entry = '<outline text="Desk &#xD800;&#55296;&#x110000;&#1; one" xmlUrl="https://d.example/feed"/>'
    assert [feed.name for feed in read(f'<opml version="2.0"><body>{entry}</body></opml>').feeds] == ["Desk one"]


def test_folders_without_end_are_cut() -> None:
    """A category of a thousand parts could be neither written nor read back (found by fuzzing)."""
    category = "/World" + "/Eur" * 1000
    entry = f'<outline text="Desk" xmlUrl="https://d.example/feed" category="{category}"/>'
    feeds = read(f'<opml version="2.0"><body>{entry}</body></opml>').feeds
    assert feeds[0].folder == "World" + "/Eur" * 19
    assert read(write_opml(feeds)).feeds == feeds


def test_a_folder_of_a_category_is_as_short_as_any_name() -> None:
    """Else it is another folder once it was written and read again (found by fuzzing)."""
    entry = f'<outline text="Desk" xmlUrl="https://d.example/feed" category="/{"a" * 5000}/Europe"/>'
    feeds = read(f'<opml version="2.0"><body>{entry}</body></opml>').feeds
    assert read(write_opml(feeds)).feeds == feeds
