"""For how long servers and feeds ask to be left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.feeds import parse_feed
from monitor.collect.wishes import feed_wish, fresh_for

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON, LATER = "Sun, 22 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 2026 13:30:00 GMT"
RSS = '<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>Desk</title>{}</channel></rss>'


@pytest.mark.parametrize(
    ("headers", "wish"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=900"}, 15 * MINUTE),
        ({"Cache-Control": "public, Max-Age = 900, must-revalidate"}, 15 * MINUTE),
        ({"Cache-Control": 'private,max-age="900"'}, 15 * MINUTE),
        ({"Cache-Control": "s-maxage=900"}, None),
        ({"Cache-Control": "max-age=900", "Age": "300"}, 10 * MINUTE),
        ({"Cache-Control": "max-age=900", "Age": "901"}, None),
        ({"Cache-Control": "max-age=900", "Age": "soon"}, 15 * MINUTE),
        ({"Cache-Control": "max-age=900", "Expires": LATER, "Date": NOON}, 15 * MINUTE),
        ({"Cache-Control": "max-age=0", "Expires": LATER, "Date": NOON}, None),
        ({"Cache-Control": "no-cache, max-age=900"}, None),
        ({"Cache-Control": "no-store", "Expires": LATER, "Date": NOON}, None),
        ({"Cache-Control": "max-age=-5"}, None),
        ({"Cache-Control": "max-age=" + "9" * 400}, timedelta(seconds=999_999_999)),
        ({"Expires": LATER, "Date": NOON}, 90 * MINUTE),
        ({"Expires": NOON, "Date": LATER}, None),
        ({"Expires": LATER}, None),
        ({"Expires": "0", "Date": NOON}, None),
    ],
)
def test_headers_say_how_long_an_answer_stays_good(headers: dict[str, str], wish: timedelta | None) -> None:
    """Cache-Control decides before Expires, which is measured by the server's own clock."""
    assert fresh_for(headers) == wish


@pytest.mark.parametrize(
    ("ttl", "period", "frequency", "wish"),
    [
        (None, None, None, None),
        ("60", None, None, HOUR),
        (" 60 ", None, None, HOUR),
        ("0", None, None, None),
        ("-1", None, None, None),
        ("an hour", None, None, None),
        ("60", "hourly", "4", HOUR),
        (None, "hourly", "4", 15 * MINUTE),
        (None, "Hourly\n", None, HOUR),
        (None, "daily", "0", DAY),
        (None, None, "2", 12 * HOUR),
        (None, "always", "2", None),
        (None, "yearly", "1", 365 * DAY),
        ("9" * 400, None, None, timedelta(minutes=999_999_999)),
    ],
)
def test_a_feed_says_how_often_it_changes(
    ttl: str | None, period: str | None, frequency: str | None, wish: timedelta | None
) -> None:
    """The longer of both wishes: whoever states one of them means it."""
    assert feed_wish(ttl=ttl, period=period, frequency=frequency) == wish


@pytest.mark.parametrize(
    ("elements", "wish"),
    [
        ("", None),
        ("<ttl>45</ttl>", 45 * MINUTE),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", HOUR / 2),
    ],
)
def test_a_wish_is_read_out_of_the_feed(elements: str, wish: timedelta | None) -> None:
    """Under the names that feeds give it."""
    body = RSS.format(elements).encode()
    assert parse_feed(body, url="https://g.example/feed", content_type="text/xml").wish == wish


headers = st.dictionaries(st.sampled_from(["Cache-Control", "Age", "Expires", "Date"]), st.text())
written = st.none() | st.text() | st.integers().map(str)


@given(headers, written, written, written)
def test_whatever_is_written_a_wish_is_positive_or_none(
    told: dict[str, str], ttl: str | None, period: str | None, frequency: str | None
) -> None:
    """What a server sends must not stop a round."""
    for wish in (fresh_for(told), feed_wish(ttl=ttl, period=period, frequency=frequency)):
        assert wish is None or wish > timedelta(0)
