"""What can go wrong: one tree, a class for each way of reacting to it."""

from __future__ import annotations

from datetime import timedelta


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


class NotNowError(StoreError):
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
    status: the HTTP status, if an answer came. retry_after: the server's wish, if it stated one.
    final: True if asking again cannot help (gone, refused by the guard, not http).
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
        unreached: bool = False,
    ) -> None:
        super().__init__(f"{url}: {why}")
        self.url, self._why, self.status = url, why, status
        self.retry_after, self.final, self.unreached = retry_after, final, unreached

    @property
    def why(self) -> str:
        """The reason without the address."""
        return self._why


class FeedError(MonitorError):
    """The bytes of a page are no feed that can be read."""


class ReadError(MonitorError):
    """No article text could be had from a page."""
