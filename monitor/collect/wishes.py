"""Headers and a feed's own words → wish: for how long it asks to be left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from monitor.collect.schedule import http_date

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d+)', re.IGNORECASE | re.ASCII)
_ALWAYS_ASK = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.IGNORECASE)
_DIGITS = 9  # of a number that is read: 10**9 seconds are 31 years

# The RSS module Syndication (web.resource.org/rss/1.0/modules/syndication), whose default is daily.
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def fresh_for(headers: Mapping[str, str]) -> timedelta | None:
    """Read for how long an answer stays good, from Cache-Control (with Age), else Expires (against Date).

    headers: names in any case, if the mapping takes any. Returns None if the server does not say, or says that
    it is old already. See RFC 9111, 4.2.
    """
    always_ask, age_at_most_s = _control(headers.get("Cache-Control", ""))
    if always_ask:
        return None
    if age_at_most_s is not None:
        wish = timedelta(seconds=age_at_most_s - _whole(headers.get("Age", "")))
    else:
        until, since = (http_date(headers.get(name, "")) for name in ("Expires", "Date"))
        wish = until - since if until and since else timedelta(0)
    return wish if wish > timedelta(0) else None


@lru_cache(maxsize=1_000)  # few forms are in use, and each poll brings one
def _control(written: str) -> tuple[bool, int | None]:
    """Read whether Cache-Control says to ask always, and the seconds of max-age; None without one."""
    age_at_most = _MAX_AGE.search(written)
    return bool(_ALWAYS_ASK.search(written)), _whole(age_at_most[1]) if age_at_most else None


def feed_wish(*, ttl: object = None, period: object = None, frequency: object = None) -> timedelta | None:
    """Read for how long a feed asks to be kept: ttl in minutes, or so many times (frequency) a period.

    Each as it stands in the feed; None where it does not. Returns the longer wish, None if there is none.
    """
    wishes = [timedelta(minutes=_whole(str(ttl or "")))]
    every = _PERIODS.get(str(period or "daily" if frequency else period).strip().lower())
    if every:
        wishes.append(every / (_whole(str(frequency or "")) or 1))
    return max(wishes) or None


def _whole(text: str) -> int:
    """Read a number of ASCII digits, its first nine; 0 if it is none."""
    digits = text.strip()
    return int(digits[:_DIGITS]) if digits.isascii() and digits.isdigit() else 0
