"""What can go wrong: one tree, a class for each way of reacting to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from monitor.masking import shown_address


class Cause(StrEnum):
    """What kept a page from coming, in few words that can be counted; an HTTP status is its own."""

    TIMEOUT = "timeout"
    TOO_SLOW = "too slow"
    NO_ADDRESS = "no address"
    REFUSED = "refused"
    REDIRECTS = "redirects"
    TOO_LARGE = "too large"
    PACKING = "packing"
    NO_HOST = "no such host"
    NO_TLS = "no secure connection"
    NO_CONNECTION = "no connection"
    BROKEN_OFF = "broken off"
    NO_HTTP = "no HTTP"
    NO_FEED = "no feed"
    NOT_READ = "not read"
    OTHER = "other"


_UNREACHED = frozenset({Cause.TIMEOUT, Cause.NO_HOST, Cause.NO_TLS, Cause.NO_CONNECTION})


class MonitorError(Exception):
    """Any trouble that a person can act on. Its text is one line: what, where, what to do next.

    It goes to terminals, logs, rows and digests, so passwords and tokens of the addresses in it are masked.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(shown_address(text))

    cause: str = Cause.OTHER

    @property
    def why(self) -> str:
        """The reason alone, for a row that names the thing it is about."""
        return str(self)


class ConfigError(MonitorError):
    """A file that a person wrote cannot be used; nothing starts. The command line exits with 2."""


class StoreError(MonitorError):
    """The database cannot be opened or is not ours. The command line exits with 1."""


class TryLaterError(StoreError):
    """The database cannot be used just now, as on a full disk. The daemon waits and tries again."""


class DamagedError(StoreError):
    """The database's file is damaged. Nothing goes on until a person has put a backup in its place."""


class LockedError(MonitorError):
    """Another process holds the database's lock. The command line exits with 1."""


class ModelError(MonitorError):
    """A model cannot be loaded, or its answer cannot be used."""


class FetchError(MonitorError):
    """A page could not be had.

    url: the address asked for. why: the reason, for the row and the digest.
    at: the address that was asked last: where redirects led, if there were any.
    status: the HTTP status, if an answer came. retry_after: the server's wish, if it stated one.
    final: True if asking again cannot help (gone, refused by the guard, not http).
    cause: what it is counted under; the status, if nothing else is said.
    unreached: True if nothing was heard of the host; the reason may be our own network.
    """

    def __init__(
        self,
        url: str,
        why: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        final: bool = False,
        cause: Cause | None = None,
    ) -> None:
        super().__init__(f"{url}: {why}")
        self.url, self.at, self._why, self.status = url, url, shown_address(why), status
        self.retry_after, self.final = retry_after, final
        self.cause = cause or (str(status) if status else Cause.OTHER)
        self.unreached = cause in _UNREACHED

    @property
    def why(self) -> str:
        """The reason without the address."""
        return self._why


class NotNowError(MonitorError):
    """An address must not be asked at this time, and was not: that is no failure of what it leads to.

    until: when it may be asked; None: with the next round.
    """

    def __init__(self, url: str, why: str, *, until: datetime | None = None) -> None:
        super().__init__(f"{url}: {why}")
        self._why, self.until = why, until

    @property
    def why(self) -> str:
        """The reason without the address."""
        return self._why


class FeedError(MonitorError):
    """The bytes of a page are no feed that can be read."""

    cause = Cause.NO_FEED


class ReadError(MonitorError):
    """No article text could be had from a page."""

    cause = Cause.NOT_READ
