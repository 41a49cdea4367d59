"""What can go wrong: one tree, a class for each way of reacting to it."""

from __future__ import annotations

from datetime import datetime, timedelta


class MonitorError(Exception):
    """Any trouble that a person can act on. Its text is one line: what, where, what to do next."""

    @property
    def why(self) -> str:
        """The reason alone, for a row that names the thing it is about."""
        return str(self)


class ConfigError(MonitorError):
    """A file that a person wrote cannot be used; nothing starts. The command line exits with 2."""


class StoreError(MonitorError):
    """The database cannot be opened or is not ours. The command line exits with 1."""


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
    """

    def __init__(
        self,
        url: str,
        why: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        final: bool = False,
    ) -> None:
        super().__init__(f"{url}: {why}")
        self.url, self.at, self._why, self.status = url, url, why, status
        self.retry_after, self.final = retry_after, final

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


class ReadError(MonitorError):
    """No article text could be had from a page."""
