"""Outcome → next check: decide when a feed is asked again, and when an article is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256

LONGEST_WAIT = timedelta(hours=24)

FIRST_RETRY = timedelta(minutes=10)  # an article's second try; the wait doubles from there

# Feeds that were added together come apart again: each keeps its own share, up to a tenth, of the wait.
JITTER = 0.1

# A poll with news shortens the interval, one without lengthens it. The two hold the balance where about every
# third poll brings news, ln(5/4) / (ln(5/4) + ln(3/2)): one with news each hour is asked some 65 times a day.
SHORTER, LONGER = 2 / 3, 5 / 4

# Who trusts "not modified" for ever misses the news of a server whose validators are wrong (FAILURES, case 35).
# One whole answer in three days is one request in hundreds; validators that cannot be right get one a day.
TRUSTED_FOR, DOUBTED_FOR = timedelta(days=3), timedelta(days=1)

# A weekend is no silence. A feed that brought news but once has no rhythm yet that it could fall out of.
SILENCE_AT_LEAST, FIRST_SILENCE = timedelta(days=3), timedelta(days=14)

# 2**12 minutes are three days: a higher exponent only makes numbers too large to compute with.
_MOST_DOUBLINGS = 12


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often feeds are asked: a new one after `start`, then as its news come, from `shortest` to `longest`."""

    start: timedelta
    shortest: timedelta
    longest: timedelta


def learnt(every: timedelta | None, *, news: int, elapsed: timedelta | None, rhythm: Rhythm) -> timedelta:
    """Learn from a good poll how long to wait between polls; more news never means a longer wait.

    every: what was learnt before; None for nothing. news: how many entries were new. elapsed: since the good poll
    before; None if this is the first, which tells nothing: to a newcomer all is new. So does a clock that was
    set back in between.
    """
    wait = every or rhythm.start
    if elapsed and elapsed > timedelta(0):
        # Many at once show a rhythm that a slow approach would take days to find.
        wait = min(wait * SHORTER, elapsed / news) if news else wait * LONGER
    return max(rhythm.shortest, min(wait, rhythm.longest))


def next_check(
    *, now: datetime, every: timedelta, longest: timedelta, wish: timedelta | None = None, key: str = ""
) -> datetime:
    """Say when a feed that answered well is due again; always later than now.

    every and wish, which is how long the feed or its server asks to wait, are never undercut, but for `longest`.
    key: what spreads feeds over time, such as the feed's address; equal keys wait equally long.
    """
    wait = max(every, wish or every) * (1 + JITTER * _share(key))
    return now + max(min(wait, longest), timedelta(seconds=1))


def next_retry(
    *,
    now: datetime,
    failures: int,
    every: timedelta,
    retry_after: timedelta | None = None,
    is_missing: bool = False,
    key: str = "",
) -> datetime:
    """Say when a feed that failed is due again; always later than now. It is never given up.

    failures: failed tries in a row, this one included. every: the wait after the first; from the second on it
    doubles, up to LONGEST_WAIT (or every, if that is longer). retry_after: the server's wish, never undercut.
    is_missing: the server knows no such page, which time seldom heals: from the second time on once a day.
    """
    longest = max(LONGEST_WAIT, every)
    wait = longest if is_missing and failures > 1 else min(_doubled(every, failures - 1), longest)
    wait *= 1 - JITTER * _share(key)
    return now + max(wait, retry_after or wait, timedelta(seconds=1))


def next_try(*, now: datetime, tries: int, allowed: int, retry_after: timedelta | None = None) -> datetime | None:
    """Say when an article is fetched again after a failed try; None gives it up.

    tries: failed ones so far, this one included. allowed: how many there may be in all.
    retry_after: the server's wish, never undercut.
    """
    if tries >= allowed:
        return None
    wait = min(_doubled(FIRST_RETRY, tries - 1), LONGEST_WAIT)
    return now + max(wait, retry_after or wait)


def is_full_due(*, now: datetime, full_at: datetime | None, last_modified: str | None) -> bool:
    """Tell whether a feed is to be asked without validators, so that its server must send it whole.

    full_at: the last whole answer; None for never. last_modified: the validator; one that is no date, or in the
    future, is trusted less.
    """
    if full_at is None:
        return True
    stated = http_date(last_modified or "")
    doubted = last_modified is not None and (stated is None or stated > now)
    return not timedelta(0) <= now - full_at < (DOUBTED_FOR if doubted else TRUSTED_FOR)


def longest_silence(
    longest: timedelta | None, *, last_news_at: datetime | None, last_good_at: datetime | None, now: datetime
) -> timedelta | None:
    """Take the silence that ends with the news of now into account, if somebody listened all the while.

    longest: the longest so far; None for none. Where no good poll was made for long, the silence was ours.
    """
    if last_news_at is None or last_good_at is None or now - last_good_at > 2 * LONGEST_WAIT:
        return longest
    return max(longest or timedelta(0), now - last_news_at)


def is_silent(*, last_news_at: datetime | None, last_good_at: datetime | None, longest: timedelta | None) -> bool:
    """Tell whether a feed that answers well brings nothing for longer than it ever did.

    Only time in which it was asked counts: up to last_good_at. longest: as for longest_silence.
    """
    if last_news_at is None or last_good_at is None:
        return False
    return last_good_at - last_news_at > (max(longest, SILENCE_AT_LEAST) if longest else FIRST_SILENCE)


def asked_pause(header: str | None, *, answered_at: str | None) -> timedelta | None:
    """Read a Retry-After header as it is meant, be it for years.

    answered_at: the Date header of the same answer. A date is compared with it, not with our clock,
    so that a server whose clock is wrong is understood all the same. Returns None if there is no
    wish that can be read, or if its time has passed.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=int(text[:9]))
    else:
        until, since = http_date(text), http_date(answered_at or "")
        wait = until - since if until and since else timedelta(0)
    return wait if wait > timedelta(0) else None


@lru_cache(maxsize=20_000)  # a feed's Last-Modified is read at each poll
def http_date(text: str) -> datetime | None:
    """Read the date of an HTTP header, in any of its forms; None if it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _doubled(wait: timedelta, times: int) -> timedelta:
    return wait * (1 << min(max(times, 0), _MOST_DOUBLINGS))


@lru_cache(maxsize=20_000)
def _share(key: str) -> float:
    """Turn a key into a number in [0, 1) that is the same on every machine and in every run."""
    return int.from_bytes(sha256(key.encode("utf-8", "replace")).digest()[:4], "big") / 2**32
