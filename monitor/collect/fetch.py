"""URL → Page: ask a server for a page, within limits of time, size and manners."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from itertools import chain
from types import TracebackType
from typing import NamedTuple, Protocol, Self
from urllib.parse import urljoin, urlsplit, urlunsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from monitor import __version__
from monitor.collect.connector import AddressRefusedError, GuardedConnector
from monitor.collect.guard import ipv4_of, port_refusal
from monitor.collect.hosts import Asked, Hosts
from monitor.collect.logins import Login, origin_of
from monitor.collect.schedule import LONGEST_WAIT, asked_pause
from monitor.collect.unpack import UnpackError, unpacker
from monitor.collect.urls import host_of
from monitor.collect.wishes import fresh_for
from monitor.config import CollectSettings
from monitor.errors import Cause, FetchError
from monitor.feed_records import Page

REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})  # of these
GONE = frozenset({404, 410})
ASKS_FOR_A_PAUSE = frozenset({403, 429, 503})  # some servers say 403 where they mean 429

_PHRASES = {status.value: status.phrase for status in HTTPStatus}  # the server's own may be anything

CHUNK_BYTES = 64 * 1024

# aiohttp's own 8 KB refuses real news sites, whose Content-Security-Policy alone is longer.
HEADER_BYTES = 32 * 1024
HEADERS = 200
ALL_HEADERS_BYTES = 128 * 1024

# What may stand between // and the path: a name in any script, or an IPv6 address in brackets; then a port. By
# anything else (backslashes, blanks, percent signs, network cards) different parsers mean different hosts.
_AUTHORITY = re.compile(r"(?:[\w.\-¡-\U0010FFFF]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
NO_LOGINS: Mapping[str, Login] = {}


class Permit(Protocol):
    """Whoever must agree to a request. Both may end the fetch with a MonitorError of their own."""

    async def allow(self, url: str) -> None:
        """Agree that an address queues for its turn: the one asked for, then each that redirects lead to."""
        ...

    def confirm(self, url: str) -> None:
        """Agree once more, now that its turn has come: much may have happened meanwhile."""
        ...


class Anything:
    """Agree to every request."""

    async def allow(self, url: str) -> None:
        """Agree."""

    def confirm(self, url: str) -> None:
        """Agree."""


ANYTHING = Anything()


def tell_nobody(_: Asked) -> None:
    """Forget what was asked: the default of `told`."""


class Fetcher(Protocol):
    """Whatever can turn an address into a page: the web, or an archive. hosts: the ledger it keeps to."""

    hosts: Hosts

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        feed: str | None = None,
        permit: Permit = ANYTHING,
    ) -> Page:
        """Return the page at an address.

        etag, last_modified: the validators of the copy we have, sent back as they came; then the
        answer may be a Page of status 304 without a body. feed: the address of the feed in the config, where
        one is asked; its login goes with the request. permit: asked before each request.
        Raises FetchError, and what permit raises.
        """
        ...


class HttpFetcher:
    """Fetch pages from the web. An async context manager; fetch may run many times at once."""

    def __init__(
        self,
        settings: CollectSettings,
        *,
        names: AbstractResolver | None = None,
        logins: Mapping[str, Login] = NO_LOGINS,
        told: Callable[[Asked], None] = tell_nobody,
    ) -> None:
        """Take the limits from the settings.

        names: looks host names up; the system does it if None. logins: by the address of their feed.
        told: is called with every request once it is over.
        """
        self._settings, self._names, self._logins, self._told = settings, names, logins, told
        self.hosts = Hosts(
            per_host=settings.requests_per_host,
            at_once=settings.requests_at_once,
            pause_s=settings.pause_s,
        )
        self._max_bytes = int(settings.max_body_mb * 1_000_000)

    async def __aenter__(self) -> Self:
        """Open the pool of connections."""
        self._session = aiohttp.ClientSession(
            connector=GuardedConnector(
                allow_networks=self._settings.allow_networks,
                limit=self._settings.requests_at_once,
                names=self._names,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": user_agent(self._settings.contact), "Accept-Encoding": "gzip, deflate, br"},
            timeout=aiohttp.ClientTimeout(total=None),  # the deadline is kept here, over all redirects
            auto_decompress=False,  # aiohttp takes half a packed body for a whole one; see unpack.py
            trust_env=False,  # a proxy would make the connection, out of the guard's sight
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
            max_headers=HEADERS,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._session.close()

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        feed: str | None = None,
        permit: Permit = ANYTHING,
    ) -> Page:
        """Return the page at an address, following redirects one by one.

        The deadline counts from the moment a request may run, over all redirects and the whole
        body; waiting for a turn does not count. The login of a feed goes to the feed's own origin, until a
        redirect first leaves it. Raises FetchError for everything that goes wrong, and what permit raises.
        """
        headers, login = _conditions(etag, last_modified), self._logins.get(feed or "")
        here, seen, moved = url.partition("#")[0], set[str](), True
        left_s = self._settings.deadline_s
        while True:
            here = _address_to_ask(url, here)
            seen.add(here)
            if login and origin_of(here) != login.origin:
                login = None
            host = host_of(here)
            await permit.allow(here)
            async with self.hosts.turn(host) as began_s:
                permit.confirm(here)
                try:
                    answer = await self._ask(url, here, headers, login, left_s)
                except FetchError as error:
                    error.at = here
                    raise
                finally:
                    asked = Asked(host, began_s, time.monotonic())
                    self._told(asked)
                left_s -= asked.ended_s - asked.began_s
            if isinstance(answer, Page):
                return replace(answer, moved=True) if moved and len(seen) > 1 else answer
            here, moved = answer.to, moved and answer.for_good
            if here in seen:
                why = f"redirects lead round in a circle, back to {_shown(here)}"
                raise FetchError(url, why, status=302, cause=Cause.REDIRECTS)
            if len(seen) > self._settings.max_redirects:
                why = f"more than {self._settings.max_redirects} redirects"
                raise FetchError(url, why, status=302, cause=Cause.REDIRECTS)

    async def _ask(
        self, url: str, here: str, conditions: Mapping[str, str], login: Login | None, left_s: float
    ) -> Page | _Hop:
        """Make one request; return its page, or where it redirects to. url: for the errors."""
        headers = {**conditions, "Authorization": login.authorization} if login else conditions
        heard = False
        try:
            async with (
                asyncio.timeout(left_s),
                self._session.get(_parsed(here), headers=headers, allow_redirects=False) as response,
            ):
                heard = True
                _refuse_long_headers(url, response)
                if response.status in REDIRECTS:
                    return _redirect(url, here, response)
                _refuse_unless_page(url, response, asked_for_changes=bool(conditions))
                body = b"" if response.status == 304 else await self._body(url, response)
                return _page(here, response, body)
        except TimeoutError:
            why = f"no complete answer within {self._settings.deadline_s:g} s"
            raise FetchError(url, why, cause=Cause.TOO_SLOW if heard else Cause.TIMEOUT) from None
        except (aiohttp.ClientError, OSError, ValueError, UnpackError) as error:
            # ValueError: aiohttp lets through what yarl, idna and the header parser raise.
            raise _failure(url, error) from error

    async def _body(self, url: str, response: aiohttp.ClientResponse) -> bytes:
        """Read a body, unpacked, up to the cap. Memory stays within the cap and a few chunks."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        unpack = unpacker(encoding)
        if unpack is None:
            why = f"packed in a way that cannot be read: {_shown(encoding)}"
            raise FetchError(url, why, status=response.status, cause=Cause.PACKING)
        body = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            piece = unpack.take(chunk)
            while piece:
                body += piece
                if len(body) > self._max_bytes:
                    why = f"larger than {self._settings.max_body_mb:g} MB"
                    raise FetchError(url, why, status=response.status, cause=Cause.TOO_LARGE)
                piece = unpack.take(b"") if encoding else b""
        if not unpack.is_whole():
            raise UnpackError("it ends too early")
        return bytes(body)


def user_agent(contact: str) -> str:
    """Say who asks. contact: an address or page where a webmaster reaches a person; "" for none."""
    words = " ".join(contact.split())
    return f"monitor/{__version__} (+{words})" if words else f"monitor/{__version__}"


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Both validators, verbatim: servers compare text, and some ignore one of the two."""
    given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in given.items() if value}


@lru_cache(maxsize=20_000)  # feeds are asked again and again; a tenth of a poll's time without
def _address_to_ask(url: str, here: str) -> str:
    """Return an address, its host in plain form; refuse what is no address of a web page. url: for the errors."""
    host = host_of(here) if here[:8].lower().startswith(("http://", "https://")) else ""
    if not host:
        where = "" if here == url else f", where it redirects to: {_shown(here)}"
        raise _no_address(url, f"no address of a web page{where}")
    parts = urlsplit(here)
    if "@" in parts.netloc:
        raise _no_address(url, "has a user name in the address; write it without")
    if not _AUTHORITY.fullmatch(parts.netloc):
        raise _no_address(url, f"no address of a web page: {_shown(parts.netloc)}")
    if parts.port is not None and (why := port_refusal(parts.port)):
        raise _refused(url, why)
    try:
        number = ipv4_of(parts.hostname or "")
    except ValueError:
        raise _refused(url, f"{_shown(host)} is a number, but no address") from None
    port = "" if parts.port is None else f":{parts.port}"
    return urlunsplit(parts._replace(netloc=number + port)) if number and number != parts.hostname else here


@lru_cache(maxsize=20_000)  # aiohttp remembers 128
def _parsed(here: str) -> URL:
    """Parse an address for aiohttp, as it would itself."""
    try:
        return URL(here)
    except ValueError as error:
        raise aiohttp.InvalidURL(here) from error


def _no_address(url: str, why: str) -> FetchError:
    return FetchError(url, why, final=True, cause=Cause.NO_ADDRESS)


def _refused(url: str, why: object) -> FetchError:
    return FetchError(url, f"refused: {why}", final=True, cause=Cause.REFUSED)


class _Hop(NamedTuple):
    """A redirect."""

    to: str
    for_good: bool


def _redirect(url: str, here: str, response: aiohttp.ClientResponse) -> _Hop:
    location = response.headers.get("Location", "").strip()
    if not location:
        why = f"answered {response.status} without saying where to"
        raise FetchError(url, why, status=response.status, cause=Cause.REDIRECTS)
    return _Hop(urljoin(here, location).partition("#")[0], response.status in FOR_GOOD)


def _refuse_long_headers(url: str, response: aiohttp.ClientResponse) -> None:
    if sum(map(len, chain.from_iterable(response.raw_headers))) > ALL_HEADERS_BYTES:
        why = f"its headers are longer than {ALL_HEADERS_BYTES // 1024} KB"
        raise FetchError(url, why, status=response.status, cause=Cause.TOO_LARGE)


def _refuse_unless_page(url: str, response: aiohttp.ClientResponse, *, asked_for_changes: bool) -> None:
    status = response.status
    if status == 200 or (status == 304 and asked_for_changes):
        return
    words, wish = f"answered {status} {_PHRASES.get(status, '')}".rstrip(), None
    if status in ASKS_FOR_A_PAUSE:
        wish = asked_pause(response.headers.get("Retry-After"), answered_at=response.headers.get("Date"))
    if wish and wish > LONGEST_WAIT:
        words, wish = f"{words}; asks for {wish.days} days, and is asked again after one", LONGEST_WAIT
    raise FetchError(url, words, status=status, retry_after=wish, final=status in GONE)


def _shown(sent: str) -> str:
    """Make what a server sent fit for a message: printable ASCII, not too long."""
    return ascii(sent)[1:-1][:200]


def _page(here: str, response: aiohttp.ClientResponse, body: bytes) -> Page:
    headers = response.headers
    kind, etag, last_modified = (_as_text(headers.get(name)) for name in ("Content-Type", "ETag", "Last-Modified"))
    return Page(here, response.status, body, kind, etag, last_modified, fresh_for(headers))


def _as_text(value: str | None) -> str | None:
    """Leave out a header of bytes that are no text: it could be neither stored nor sent back."""
    try:
        return value if value is None or value.isascii() or value.encode() else None
    except UnicodeEncodeError:
        return None


def _failure(url: str, error: Exception) -> FetchError:
    """Put what aiohttp says into plain words."""
    refusal = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
    if isinstance(refusal, AddressRefusedError):
        return _refused(url, refusal)
    _, cause, why = next((row for row in _FAILURES if isinstance(error, row[0])), _NO_HTTP)
    return FetchError(url, why, final=isinstance(error, aiohttp.InvalidURL), cause=cause)


BROKE_OFF = "the answer broke off or cannot be unpacked"

# In this order: aiohttp derives some of these from others.
_FAILURES: tuple[tuple[type[Exception], Cause, str], ...] = (
    (aiohttp.InvalidURL, Cause.NO_ADDRESS, "no address of a web page"),
    (aiohttp.ClientConnectorDNSError, Cause.NO_HOST, "the host name is not known"),
    (
        aiohttp.ClientSSLError,
        Cause.NO_TLS,
        "no secure connection (its TLS certificate or protocol is not accepted)",
    ),
    (aiohttp.ClientConnectorError, Cause.NO_CONNECTION, "no connection"),
    (aiohttp.ClientPayloadError, Cause.BROKEN_OFF, BROKE_OFF),
    (UnpackError, Cause.BROKEN_OFF, BROKE_OFF),
    (aiohttp.ServerDisconnectedError, Cause.BROKEN_OFF, "the server hung up without an answer"),
    (OSError, Cause.BROKEN_OFF, "the connection broke off"),
)
_NO_HTTP = (Exception, Cause.NO_HTTP, "the answer is not proper HTTP")
