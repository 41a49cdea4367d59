"""What is known of feeds and their polls: frozen values, as in records.

All times are aware and in UTC; an unknown one is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and what we know about polling it.

    url: what a person wrote. address: where it is asked after a permanent redirect; None: at its url. moved_to:
    where one leads that is not trusted yet, after moved_good good feeds from there. failures: in a row, 0 after a
    good answer. body_hash: of the body that was read last. full_at: the last answer with a body. every: the
    interval that was learnt. wish: how long the feed or its server asks to wait. trouble: what was wrong with the
    body that was read last.
    """

    id: int
    url: str
    name: str
    lang: str | None
    etag: str | None
    last_modified: str | None
    next_check_at: datetime
    failures: int
    failing_since: datetime | None = None
    address: str | None = None
    moved_to: str | None = None
    moved_good: int = 0
    body_hash: str | None = None
    full_at: datetime | None = None
    every: timedelta | None = None
    wish: timedelta | None = None
    last_good_at: datetime | None = None
    last_news_at: datetime | None = None
    longest_silence: timedelta | None = None
    trouble: str | None = None

    @property
    def asked(self) -> str:
        """Where it is asked."""
        return self.address or self.url


class PollOutcome(StrEnum):
    """How a good poll ended. SAME_BODY: sent whole, and the same as last time."""

    NEWS = "news"
    NOTHING_NEW = "nothing new"
    NOT_MODIFIED = "not modified"
    SAME_BODY = "same body"


@dataclass(frozen=True, slots=True)
class GoodPoll:
    """What a good answer leaves on the row of its feed; the fields mean what they mean in Feed."""

    outcome: PollOutcome
    next_check_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    every: timedelta | None = None
    wish: timedelta | None = None
    address: str | None = None
    moved_to: str | None = None
    moved_good: int = 0
    body_hash: str | None = None
    full_at: datetime | None = None
    last_news_at: datetime | None = None
    longest_silence: timedelta | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a server. url: the address after redirects; status: 200 or 304 (then body is empty).

    fresh_for: how long the server says that the answer stays good. moved: there was a redirect, and every one on
    the way was permanent.
    """

    url: str
    status: int
    body: bytes
    content_type: str | None
    etag: str | None
    last_modified: str | None
    fresh_for: timedelta | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, as the feed tells it. url is absolute, http or https, and cleaned."""

    guid: str
    url: str
    title: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What the bytes of a feed say. trouble: what was wrong with them although entries could be read.

    wish: how long the feed asks to be kept until it is asked again.
    """

    title: str | None
    entries: tuple[Entry, ...]
    trouble: str | None
    wish: timedelta | None = None


@dataclass(frozen=True, slots=True)
class FailingFeed:
    """A feed that does not answer as it should, and since when."""

    name: str
    url: str
    since: datetime
    failures: int
    error: str


@dataclass(frozen=True, slots=True)
class SilentFeed:
    """A feed that answers well and brings nothing, since when, and for how long it never had before."""

    name: str
    url: str
    since: datetime
    longest: timedelta | None


@dataclass(frozen=True, slots=True)
class FeedDetails:
    """How polling a feed goes, for whoever looks after it. Times are None where it never happened.

    address: where it is asked after a permanent redirect; None: at its url. gone_at: when its server said that
    it is gone for good. every: from one good poll to the next, as learnt from its news; wish: how long the feed
    or its server asks to wait; longest_silence: between two polls with news; each None where unknown.
    entries_7d, entries_28d: how many entries it brought in the last days.
    """

    name: str
    url: str
    address: str | None
    lang: str | None
    paused: bool
    gone_at: datetime | None
    last_checked_at: datetime | None
    last_good_at: datetime | None
    last_news_at: datetime | None
    failures: int
    failing_since: datetime | None
    last_error: str | None
    every: timedelta | None
    wish: timedelta | None
    longest_silence: timedelta | None
    next_check_at: datetime
    entries_7d: int
    entries_28d: int
