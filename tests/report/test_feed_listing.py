"""The list of feeds and how polling goes, as a person reads it: aligned, whole, fit for a terminal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len, set_cell_size

from monitor.config import FeedSettings
from monitor.feed_records import FeedDetails
from monitor.report.feed_listing import (
    FeedState,
    check_feeds,
    check_json,
    check_text,
    feed_state,
    list_json,
    list_text,
)

NOW = datetime(2026, 11, 22, 6, 4, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = FeedDetails(
    name="Gazette", url="https://g.example/feed", address=None, lang="en", paused=False, gone_at=None,
    last_checked_at=NOW - HOUR, last_good_at=NOW - HOUR, last_news_at=NOW - 2 * HOUR,
    failures=0, failing_since=None, last_error=None, every=HOUR, wish=None, longest_silence=4 * DAY,
    next_check_at=NOW + timedelta(minutes=12),
    entries_7d=231, entries_28d=900,
)  # fmt: skip
SILENT = replace(WELL, name="연합뉴스 – 북한", last_news_at=NOW - 9 * DAY, entries_7d=0)
FAILING = replace(
    WELL,
    name="ハンギョレ",
    failures=12,
    failing_since=NOW - 3 * DAY,
    last_error="answered 503 \x1b[2J",
    next_check_at=NOW,
)
GONE = replace(WELL, name="Old Post", gone_at=NOW - DAY, failures=1, failing_since=NOW, last_error="answered 410")
PAUSED = replace(WELL, name="Paused Post", paused=True, gone_at=NOW)
NEW = replace(WELL, name="New Post", last_good_at=None, last_news_at=None, entries_7d=0)
ASKS = replace(
    WELL, name="A very long name of a paper from far away " * 2, wish=6 * HOUR, address="https://n.example/f"
)
EVERY = [GONE, FAILING, SILENT, PAUSED, NEW, WELL, ASKS]


@pytest.mark.parametrize(
    ("feed", "state"),
    [(WELL, "ok"), (NEW, "new"), (PAUSED, "paused"), (SILENT, "silent"), (FAILING, "failing"), (GONE, "gone")],
)
def test_a_feed_is_in_one_state(feed: FeedDetails, state: str) -> None:
    """What a person said goes before what a server said."""
    assert feed_state(feed) is FeedState(state)


def test_silence_is_longer_than_it_ever_was() -> None:
    """A feed that once said nothing for ten days is not silent after nine."""
    assert feed_state(replace(SILENT, longest_silence=10 * DAY)) is FeedState.OK


def test_check_tells_all_that_is_asked_of_each_feed() -> None:
    """One line each; below it, what a person should know."""
    text = check_text(check_feeds(EVERY, {"g.example": NOW + 5 * HOUR}), now=NOW, zone="Asia/Seoul", width=100)
    assert re.search(r"^Gazette +ok       1 h ago       231  in 5 h     a pause$", text, re.MULTILINE)
    assert "  silent for 8 days, though it answers; it never was for longer than 4 days\n" in text
    assert "  failing since 19 Nov 2026, 15:04 KST (12×): answered 503 [2J\n" in text
    assert "  gone for good, its server said on 21 Nov 2026, 15:04 KST. Resume or remove it.\n" in text
    assert "  its host asked for a pause until 22 Nov 2026, 20:04 KST\n" in text
    assert "  moved for good, now asked at https://n.example/f\n" in text
    assert text.endswith("7 feeds: 2 ok, 1 new, 1 paused, 1 silent, 1 failing, 1 gone. Times: Asia/Seoul.\n")
    assert text.index("\nA very long") < text.index("\nPaused") < text.index("\n연합") < text.index("\nOld Post")


@pytest.mark.parametrize("width", [80, 120])
def test_columns_stand_below_each_other(width: int) -> None:
    """A Korean name is twice as wide as it has letters, and a long one is cut."""
    lines = check_text(check_feeds(EVERY, {}), now=NOW, zone="UTC", width=width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    column = lines[0].index("state")
    for check in check_feeds(EVERY, {}):
        row = next(line for line in lines if line.startswith(check.details.name[:6]))
        before = set_cell_size(row, column)
        assert row == before + row[len(before) :] and row[len(before) :].startswith(check.state.value)
    assert "\x1b" not in "".join(lines)


def test_a_database_without_feeds_says_what_to_do() -> None:
    """An empty table says nothing."""
    assert "monitor run --once" in check_text([], now=NOW, zone="UTC")


def test_check_as_json() -> None:
    """Times in UTC, durations in seconds."""
    gone, well = json.loads(check_json(check_feeds([GONE, WELL], {"g.example": NOW + HOUR})))[::-1]
    assert (well["state"], well["every_s"], well["last_good_at"]) == ("ok", 3600, "2026-11-22T05:04:20Z")
    assert (well["host_paused_until"], well["entries_28d"]) == ("2026-11-22T07:04:20Z", 900)
    assert (gone["state"], gone["next_check_at"], gone["gone_at"]) == ("gone", None, "2026-11-21T06:04:20Z")


FEEDS = [
    FeedSettings(url="https://k.example/rss", name="연합뉴스", lang="ko", folder="Korea/Agencies"),
    FeedSettings(url="https://g.example/feed", name="Gazette", paused=True),
    FeedSettings(url="https://h.example/rss", name="한겨레", lang="ko", folder="Korea/Agencies"),
]


def test_the_list_stands_by_folder() -> None:
    """Those without a folder first."""
    assert list_text(FEEDS, width=80) == (
        "Gazette (paused)       https://g.example/feed\n"
        "\n"
        "Korea / Agencies\n"
        "연합뉴스          ko   https://k.example/rss\n"
        "한겨레            ko   https://h.example/rss\n"
        "\n"
        "3 feeds, 1 of them paused.\n"
    )


def test_addresses_stay_whole_in_a_narrow_terminal() -> None:
    """They get a line of their own then, so that they can be clicked."""
    text = list_text(FEEDS, width=40)
    assert "연합뉴스          ko\n  https://k.example/rss\n" in text


def test_the_list_as_json_holds_no_user_name() -> None:
    """It is handed to other programs."""
    first = json.loads(list_json(FEEDS))[0]
    assert first == {
        "name": "연합뉴스",
        "url": "https://k.example/rss",
        "lang": "ko",
        "folder": "Korea/Agencies",
        "paused": False,
    }
