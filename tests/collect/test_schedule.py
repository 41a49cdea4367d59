"""When feeds are checked again, and articles tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.schedule import (
    DOUBTED_FOR,
    FIRST_RETRY,
    JITTER,
    LONGEST_WAIT,
    TRUSTED_FOR,
    Rhythm,
    asked_pause,
    is_full_due,
    is_silent,
    learnt,
    longest_silence,
    next_check,
    next_retry,
    next_try,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)
RHYTHM = Rhythm(HALF_HOUR, timedelta(minutes=15), DAY)

waits = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
wishes = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40_000))


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    """Draw three waits in order, up to a day, as the config allows them."""
    shortest, start, longest = sorted(
        draw(st.lists(st.timedeltas(min_value=timedelta(seconds=1), max_value=DAY), min_size=3, max_size=3))
    )
    return Rhythm(start, shortest, longest)


@given(moments, rhythms(), waits, st.none() | wishes, st.text())
def test_the_next_check_is_later_than_now_within_the_limits_and_as_the_server_wishes(
    now: datetime, rhythm: Rhythm, every: timedelta, wish: timedelta | None, key: str
) -> None:
    """A feed that is due at once again would be asked for ever; one that wishes for years would be lost."""
    wait = next_check(now=now, every=every, longest=rhythm.longest, wish=wish, key=key) - now
    assert timedelta(seconds=1) <= wait <= rhythm.longest
    assert wait >= min(wish or timedelta(0), rhythm.longest)
    assert wait >= min(every, rhythm.longest)


@given(waits, wishes, st.text())
def test_a_wish_never_shortens_the_wait(every: timedelta, wish: timedelta, key: str) -> None:
    """A server that says "fresh for a minute" does not ask to be asked each minute."""
    without = next_check(now=NOW, every=every, longest=DAY, key=key)
    assert next_check(now=NOW, every=every, longest=DAY, wish=wish, key=key) >= without


@given(moments, st.integers(-1, 10**9), waits, st.none() | waits, st.booleans())
def test_the_next_retry_is_later_than_now_within_a_day_or_as_the_server_wishes(
    now: datetime, failures: int, every: timedelta, wish: timedelta | None, is_missing: bool
) -> None:
    """No feed is given up, and none is asked without a pause."""
    due = next_retry(now=now, failures=failures, every=every, retry_after=wish, is_missing=is_missing)
    assert due - now >= max(wish or timedelta(0), timedelta(seconds=1))
    assert due - now <= max(LONGEST_WAIT, every, wish or timedelta(0))


@given(st.integers(0, 50), waits, st.booleans(), st.text())
def test_a_feed_that_fails_more_is_asked_no_sooner(
    failures: int, every: timedelta, is_missing: bool, key: str
) -> None:
    """Case 29: no storm of retries against a server in trouble."""
    sooner, later = (
        next_retry(now=NOW, failures=n, every=every, is_missing=is_missing, key=key)
        for n in (failures, failures + 1)
    )
    assert sooner <= later


@pytest.mark.parametrize(
    ("failures", "is_missing", "wait"),
    [
        (1, False, HALF_HOUR),
        (2, False, timedelta(hours=1)),
        (3, False, timedelta(hours=2)),
        (6, False, timedelta(hours=16)),
        (7, False, LONGEST_WAIT),
        (1000, False, LONGEST_WAIT),
        (1, True, HALF_HOUR),
        (2, True, LONGEST_WAIT),
    ],
)
def test_the_wait_doubles_with_each_failure_up_to_a_day(failures: int, is_missing: bool, wait: timedelta) -> None:
    """A first hiccup costs nothing; a dead feed costs one request a day, and a missing page soon does."""
    key = "https://news.example/feed"
    due = next_retry(now=NOW, failures=failures, every=HALF_HOUR, is_missing=is_missing, key=key)
    assert wait * (1 - JITTER) <= due - NOW <= wait


def test_feeds_are_spread_but_each_keeps_its_place() -> None:
    """Feeds that were added together must not be asked together for ever, whether by habit or by wish."""
    keys = [f"https://news.example/{n}" for n in range(100)]
    for wish in (None, HOUR):
        first, second = (
            [next_check(now=NOW, every=HALF_HOUR, longest=DAY, wish=wish, key=key) for key in keys]
            for _ in range(2)
        )
        assert first == second
        assert len(set(first)) == 100
        assert max(first) - min(first) > HALF_HOUR * JITTER * 0.8


# The interval is learnt ------------------------------------------------------------------------

polls = st.tuples(st.integers(0, 50), st.integers(0, 50), st.timedeltas(timedelta(0), timedelta(days=9)))


@given(rhythms(), st.lists(polls, max_size=40))
def test_more_news_never_means_a_longer_wait(rhythm: Rhythm, history: list[tuple[int, int, timedelta]]) -> None:
    """Of two feeds, the one that had more in each poll is asked no later, and both within the limits."""
    few = many = None
    for one, other, elapsed in history:
        few = learnt(few, news=min(one, other), elapsed=elapsed, rhythm=rhythm)
        many = learnt(many, news=max(one, other), elapsed=elapsed, rhythm=rhythm)
        assert rhythm.shortest <= many <= few <= rhythm.longest


def polls_in(days: int, *, news_every: timedelta) -> list[datetime]:
    """Poll a feed that has news at even intervals; return when it was asked in the last half of the time."""
    now, asked, every, before = NOW, list[datetime](), None, None
    while now < NOW + days * DAY:
        asked.append(now)
        seen = (before - NOW) // news_every if before else 0
        every = learnt(
            every, news=(now - NOW) // news_every - seen, elapsed=now - before if before else None, rhythm=RHYTHM
        )
        before, now = now, next_check(now=now, every=every, longest=RHYTHM.longest)
    return [moment for moment in asked if moment > NOW + days * DAY / 2]


def test_a_lively_feed_is_asked_more_often_than_a_quiet_one() -> None:
    """News each hour, each six hours, each day and each week: each rarer, and none at the other's cost."""
    per_day = [len(polls_in(56, news_every=gap)) / 28 for gap in (HOUR, 6 * HOUR, DAY, 7 * DAY)]
    assert per_day == sorted(per_day, reverse=True)
    assert 40 < per_day[0] <= 96 and per_day[-1] < 3


def test_a_quiet_feed_that_wakes_is_soon_asked_often() -> None:
    """Breaking news does not wait for the habits of a quiet month."""
    every = learnt(DAY, news=48, elapsed=DAY, rhythm=RHYTHM)
    assert every == HALF_HOUR


@pytest.mark.parametrize("elapsed", [None, timedelta(0), -HOUR])
@pytest.mark.parametrize("news", [0, 50])
def test_the_first_poll_and_a_clock_that_was_set_back_teach_nothing(elapsed: timedelta | None, news: int) -> None:
    """Everything is new to a newcomer, who begins with the interval of the config."""
    assert learnt(None, news=news, elapsed=elapsed, rhythm=RHYTHM) == HALF_HOUR
    assert learnt(HOUR, news=news, elapsed=elapsed, rhythm=RHYTHM) == HOUR


# Whole answers, silence ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("full_at", "last_modified", "is_due"),
    [
        (None, None, True),
        (NOW, None, False),
        (NOW - 2 * DAY, None, False),
        (NOW - 2 * DAY, "Sat, 21 Nov 2026 12:00:00 GMT", False),
        (NOW - TRUSTED_FOR, "Sat, 21 Nov 2026 12:00:00 GMT", True),
        (NOW - TRUSTED_FOR + MINUTE, None, False),
        (NOW - DOUBTED_FOR, "Thu, 01 Jan 2041 00:00:00 GMT", True),
        (NOW - DOUBTED_FOR, "0", True),
        (NOW - DOUBTED_FOR + MINUTE, "0", False),
        (NOW + HOUR, None, True),
    ],
)
def test_a_whole_answer_is_asked_for_now_and_then(
    full_at: datetime | None, last_modified: str | None, is_due: bool
) -> None:
    """Case 35: a date in the future or none at all is trusted for a day, others for three; so is no clock."""
    assert is_full_due(now=NOW, full_at=full_at, last_modified=last_modified) is is_due


@pytest.mark.parametrize(
    ("news_ago", "good_ago", "longest", "is_dead"),
    [
        (None, 0, None, False),
        (4, None, DAY, False),
        (2, 0, HOUR, False),
        (4, 0, HOUR, True),
        (4, 0, 5 * DAY, False),
        (6, 0, 5 * DAY, True),
        (6, 2, 5 * DAY, False),  # nobody has asked for two days: that silence is ours
        (13, 0, None, False),
        (15, 0, None, True),
    ],
)
def test_a_feed_is_silent_when_it_is_so_for_longer_than_ever(
    news_ago: int | None, good_ago: int | None, longest: timedelta | None, is_dead: bool
) -> None:
    """An hourly feed is missed after a long weekend, a weekly one after its longest holiday."""
    news, good = (None if ago is None else NOW - ago * DAY for ago in (news_ago, good_ago))
    assert is_silent(last_news_at=news, last_good_at=good, longest=longest) is is_dead


def test_the_longest_silence_grows_only_while_somebody_listens() -> None:
    """A daemon that stood still for a month heard nothing, which says nothing about the feed."""
    heard = longest_silence(HOUR, last_news_at=NOW - 5 * DAY, last_good_at=NOW - HOUR, now=NOW)
    assert heard == 5 * DAY
    assert longest_silence(9 * DAY, last_news_at=NOW - DAY, last_good_at=NOW - HOUR, now=NOW) == 9 * DAY
    assert longest_silence(HOUR, last_news_at=NOW - 31 * DAY, last_good_at=NOW - 30 * DAY, now=NOW) == HOUR
    assert longest_silence(None, last_news_at=None, last_good_at=NOW, now=NOW) is None


# Articles, pauses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tries", "allowed", "wish", "wait"),
    [
        (1, 4, None, FIRST_RETRY),
        (2, 4, None, FIRST_RETRY * 2),
        (3, 4, timedelta(minutes=5), FIRST_RETRY * 4),
        (3, 4, timedelta(hours=5), timedelta(hours=5)),
        (19, 20, None, LONGEST_WAIT),
        (4, 4, None, None),
        (5, 4, timedelta(hours=1), None),
        (1, 1, None, None),
    ],
)
def test_an_article_is_tried_again_later_each_time_and_then_given_up(
    tries: int, allowed: int, wish: timedelta | None, wait: timedelta | None
) -> None:
    """An article that never comes must end somewhere; "failed" is a result."""
    due = next_try(now=NOW, tries=tries, allowed=allowed, retry_after=wish)
    assert due == (NOW + wait if wait else None)


@pytest.mark.parametrize(
    ("header", "answered_at", "wait"),
    [
        ("120", None, timedelta(minutes=2)),
        (" 5 ", "garbage", timedelta(seconds=5)),
        ("Sun, 22 Nov 2026 12:10:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", timedelta(minutes=10)),
        ("Sunday, 22-Nov-26 12:10:00 GMT", "Sun Nov 22 12:00:00 2026", timedelta(minutes=10)),
        ("Sun, 22 Nov 2026 12:10:00 -0000", "Sun, 22 Nov 2026 12:00:00 GMT", timedelta(minutes=10)),
        ("86401", None, timedelta(seconds=86401)),
        ("9" * 100, None, timedelta(seconds=999_999_999)),
        ("Mon, 22 Nov 2027 12:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", timedelta(days=365)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", None),
        ("Sun, 22 Nov 2026 12:10:00 GMT", None, None),
        ("0", None, None),
        ("-5", None, None),
        ("1.5", None, None),
        ("²", None, None),
        ("soon", "Sun, 22 Nov 2026 12:00:00 GMT", None),
        ("Sun, 99 Nov 2026 99:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT", None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_the_server_s_wish_is_read(header: str | None, answered_at: str | None, wait: timedelta | None) -> None:
    """Case 30: seconds or a date, which is measured by the server's own clock, as it is meant."""
    assert asked_pause(header, answered_at=answered_at) == wait


@given(st.text(), st.none() | st.text())
def test_any_header_is_read_without_an_accident(header: str, answered_at: str | None) -> None:
    """What a server sends must not stop a round."""
    wait = asked_pause(header, answered_at=answered_at)
    assert wait is None or wait > timedelta(0)
