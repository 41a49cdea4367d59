"""What a good answer changes about a feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.polls import BACK_AFTER, MOVED_AFTER, good_poll, is_back_due
from monitor.collect.schedule import Rhythm
from monitor.feed_records import Feed, GoodPoll, Page, PollOutcome

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL, NEW, OTHER = "https://g.example/feed", "https://new.example/feed", "https://third.example/feed"
RHYTHM = Rhythm(30 * MINUTE, 15 * MINUTE, DAY)
FEED = Feed(1, URL, "Gazette", "en", '"a"', "yesterday", NOW, 0, last_good_at=NOW - HOUR)
PAGE = Page(URL, 200, b"<rss/>", "text/xml", '"b"', None)
SAME = Page(URL, 304, b"", None, None, None)


def polled(
    feed: Feed, page: Page, *, now: datetime = NOW, news: int = 0, wish: timedelta | None = None
) -> GoodPoll:
    """Let a feed answer well."""
    unchanged = page.status == 304
    outcome = PollOutcome.NOT_MODIFIED if unchanged else PollOutcome.NEWS if news else PollOutcome.NOTHING_NEW
    return good_poll(feed, page, outcome, now=now, rhythm=RHYTHM, news=news, wish=wish, body_hash="new")


def after(feed: Feed, page: Page, now: datetime) -> Feed:
    """Return the feed as its row is after a good answer."""
    poll = polled(feed, page, now=now)
    return replace(
        feed,
        address=poll.address,
        moved_to=poll.moved_to,
        moved_good=poll.moved_good,
        last_good_at=now,
    )


@pytest.mark.parametrize(
    ("page", "etag", "last_modified"),
    [
        (PAGE, '"b"', None),  # a whole answer replaces both, also by nothing
        (SAME, '"a"', "yesterday"),  # a 304 ought to repeat them, and often does not
        (replace(SAME, etag='W/"c-gzip"'), 'W/"c-gzip"', "yesterday"),
        (replace(SAME, last_modified="today"), '"a"', "today"),
    ],
)
def test_validators_are_those_of_the_last_answer(page: Page, etag: str, last_modified: str | None) -> None:
    """Case 33: a 304 may bring a new one of either."""
    poll = polled(FEED, page)
    assert (poll.etag, poll.last_modified) == (etag, last_modified)


def test_only_a_body_counts_as_a_whole_answer() -> None:
    """What was not sent was not read."""
    feed = replace(FEED, body_hash="old", full_at=NOW - DAY, trouble="wrong character set")
    kept = polled(feed, SAME)
    assert (kept.body_hash, kept.full_at, kept.trouble) == ("old", NOW - DAY, "wrong character set")
    read = polled(feed, PAGE)
    assert (read.body_hash, read.full_at, read.trouble) == ("new", NOW, None)


@pytest.mark.parametrize(
    ("stored", "page", "read", "wish"),
    [
        (2 * HOUR, PAGE, None, None),  # the body was read, and asks for nothing any more
        (2 * HOUR, PAGE, HOUR, HOUR),
        (2 * HOUR, replace(PAGE, fresh_for=3 * HOUR), HOUR, 3 * HOUR),
        (2 * HOUR, SAME, None, 2 * HOUR),  # the body it already sent still asks for it
        (2 * HOUR, replace(SAME, fresh_for=HOUR), None, 2 * HOUR),
        (None, replace(SAME, fresh_for=HOUR), None, HOUR),
    ],
)
def test_the_longer_wish_of_server_and_feed_is_kept(
    stored: timedelta | None, page: Page, read: timedelta | None, wish: timedelta | None
) -> None:
    """And lengthens the wait, however lively the feed."""
    poll = polled(replace(FEED, wish=stored), page, wish=read, news=50)
    assert poll.wish == wish
    assert poll.next_check_at >= NOW + (wish or timedelta(0))


def test_news_are_remembered_with_the_silence_they_ended() -> None:
    """So that a silence can be told from a habit."""
    feed = replace(FEED, last_news_at=NOW - 2 * DAY, longest_silence=DAY)
    assert (polled(feed, PAGE).last_news_at, polled(feed, PAGE).longest_silence) == (NOW - 2 * DAY, DAY)
    poll = polled(feed, PAGE, news=1)
    assert (poll.last_news_at, poll.longest_silence) == (NOW, 2 * DAY)


# Permanent redirects ---------------------------------------------------------------------------

FROM_NEW = replace(PAGE, url=NEW, moved=True)


def test_an_address_changes_after_several_good_feeds_over_more_than_a_day() -> None:
    """Case 32: whoever asks each quarter of an hour must not be convinced within an evening."""
    feed, now, polls = FEED, NOW, 0
    while feed.address is None:
        feed = after(feed, FROM_NEW, now)
        now, polls = now + 15 * MINUTE, polls + 1
    assert now - NOW > DAY
    assert (feed.address, feed.moved_to, feed.moved_good) == (NEW, None, 0)
    rare = FEED
    for day in range(MOVED_AFTER):
        assert rare.address is None
        rare = after(rare, FROM_NEW, NOW + day * DAY)
    assert rare.address == NEW


@pytest.mark.parametrize(
    "page",
    [
        PAGE,  # no redirect any more
        replace(FROM_NEW, moved=False),  # one of the hops was for now only
        replace(FROM_NEW, url="http://new.example/feed"),  # no longer encrypted
    ],
)
def test_an_answer_from_elsewhere_begins_anew(page: Page) -> None:
    """In a row means in a row."""
    feed = replace(FEED, moved_to=NEW, moved_good=MOVED_AFTER - 1)
    assert after(feed, FROM_NEW, NOW + DAY).address == NEW
    began = after(feed, page, NOW + DAY)
    assert (began.address, began.moved_to, began.moved_good) == (None, None, 0)
    other = after(feed, replace(FROM_NEW, url=OTHER), NOW + DAY)
    assert (other.address, other.moved_to, other.moved_good) == (None, OTHER, 1)


def test_a_not_modified_from_the_new_address_counts() -> None:
    """It is asked with the validators that came from there."""
    feed = after(replace(FEED, moved_to=NEW, moved_good=1), replace(SAME, url=NEW, moved=True), NOW + DAY)
    assert feed.moved_good == 2


def test_a_feed_that_moves_back_is_asked_at_its_own_address() -> None:
    """NULL says so: there is one way to write it."""
    feed = replace(FEED, address=NEW, moved_to=URL, moved_good=MOVED_AFTER - 1)
    assert after(feed, replace(PAGE, url=URL, moved=True), NOW + DAY).address is None


@pytest.mark.parametrize(
    ("address", "failing_for", "is_gone", "is_due"),
    [
        (NEW, None, False, False),
        (NEW, BACK_AFTER - MINUTE, False, False),
        (NEW, BACK_AFTER, False, True),
        (NEW, None, True, True),
        (None, 9 * DAY, True, False),
    ],
)
def test_a_new_address_that_fails_for_long_gives_way_to_the_old_one(
    address: str | None, failing_for: timedelta | None, is_gone: bool, is_due: bool
) -> None:
    """A person wrote that one; we only followed a sign."""
    since = NOW - failing_for if failing_for else None
    feed = replace(FEED, address=address, failing_since=since)
    assert is_back_due(feed, now=NOW, is_gone=is_gone) is is_due


@given(
    st.lists(
        st.tuples(
            st.sampled_from([PAGE, SAME, FROM_NEW, replace(FROM_NEW, moved=False), replace(FROM_NEW, url=OTHER)]),
            st.timedeltas(MINUTE, 2 * DAY),
        ),
        max_size=30,
    )
)
def test_an_address_is_only_ever_one_that_was_good_often_enough(answers: list[tuple[Page, timedelta]]) -> None:
    """Whatever order answers come in."""
    feed, now, since = FEED, NOW, NOW
    for page, wait in answers:
        before, now = feed, now + wait
        feed = after(feed, page, now)
        since = now if feed.moved_to != before.moved_to and feed.moved_to else since
        if feed.address != before.address:
            assert page.moved and page.url == before.moved_to and now - since >= DAY
