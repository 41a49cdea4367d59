"""Outcome → next check: decide when a feed is asked again, and when an article is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

LONGEST_WAIT = timedelta(hours=24)

FIRST_RETRY = timedelta(minutes=10)  # an article's second try; the wait doubles from there

# Feeds that were added together come apart again: each keeps its own share, up to a tenth, of the wait.
JITTER = 0.1

# 2**12 minutes are three days: a higher exponent only makes numbers too large to compute with.
_MOST_DOUBLINGS = 12


def next_check(
    *,
    now: datetime,
    failures: int,
    poll_every: timedelta,
    retry_after: timedelta | None = None,
    key: str = "",
) -> datetime:
    """Say when a feed is due again; always later than now.

    failures: failed tries in a row, this one included; 0 after a good answer. From the second failure
    on the wait doubles, up to LONGEST_WAIT (or poll_every, if that is longer). retry_after: the
    server's wish, never undercut. key: what spreads feeds over time, such as the feed's address;
    equal keys wait equally long.
    """
    longest = max(LONGEST_WAIT, poll_every)
    wait = min(_doubled(poll_every, failures - 1), longest)
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


def retry_after(header: str | None, *, answered_at: str | None) -> timedelta | None:
    """Read a Retry-After header: seconds or an HTTP date; at most LONGEST_WAIT.

    answered_at: the Date header of the same answer. A date is compared with it, not with our clock,
    so that a server whose clock is wrong is understood all the same. Returns None if there is no
    wish that can be read, or if its time has passed.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
    else:
        until, since = _http_date(text), _http_date(answered_at or "")
        wait = until - since if until and since else timedelta(0)
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def _doubled(wait: timedelta, times: int) -> timedelta:
    return wait * (1 << min(max(times, 0), _MOST_DOUBLINGS))


def _share(key: str) -> float:
    """Turn a key into a number in [0, 1) that is the same on every machine and in every run."""
    return int.from_bytes(sha256(key.encode("utf-8", "replace")).digest()[:4], "big") / 2**32


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
