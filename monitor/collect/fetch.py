"""URL → Page: ask a server for a page, within limits of time, size and manners."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from monitor import __version__
from monitor.collect.connector import AddressRefusedError, GuardedConnector
from monitor.collect.hosts import Hosts
from monitor.collect.schedule import retry_after
from monitor.collect.urls import host_of
from monitor.config import CollectSettings
from monitor.errors import FetchError
from monitor.records import Page

REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
ASKS_FOR_A_PAUSE = frozenset({403, 429, 503})  # some servers say 403 where they mean 429

_PHRASES = {status.value: status.phrase for status in HTTPStatus}  # the server's own may be anything

# What aiohttp can unpack piece by piece, so that the cap on unpacked bytes holds.
ENCODINGS = frozenset({"", "identity", "gzip", "deflate", "br", "zstd"})
CHUNK_BYTES = 64 * 1024

# aiohttp's own 8 KB refuses real news sites, whose Content-Security-Policy alone is longer.
HEADER_BYTES = 32 * 1024
HEADERS = 200


class Fetcher(Protocol):
    """Whatever can turn an address into a page: the web, or an archive."""

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """Return the page at an address.

        etag, last_modified: the validators of the copy we have, sent back as they came; then the
        answer may be a Page of status 304 without a body. Raises FetchError.
        """
        ...


class HttpFetcher:
    """Fetch pages from the web. An async context manager; fetch may run many times at once."""

    def __init__(self, settings: CollectSettings, *, names: AbstractResolver | None = None) -> None:
        """Take the limits from the settings. names: looks host names up; the system does it if None."""
        self._settings, self._names = settings, names
        self._hosts = Hosts(per_host=settings.requests_per_host, at_once=settings.requests_at_once)
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

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """Return the page at an address, following redirects one by one.

        The deadline counts from the moment a request may run, over all redirects and the whole
        body; waiting for a turn does not count. Raises FetchError for everything that goes wrong.
        """
        headers = _conditions(etag, last_modified)
        here, seen = url.partition("#")[0], set[str]()
        left_s = self._settings.deadline_s
        clock = asyncio.get_running_loop().time
        while True:
            host = _host_to_ask(url, here)
            seen.add(here)
            async with self._hosts.turn(host):
                started = clock()
                answer = await self._ask(url, here, headers, left_s)
                left_s -= clock() - started
            if isinstance(answer, Page):
                return answer
            if answer in seen:
                raise FetchError(url, f"redirects lead round in a circle, back to {_shown(answer)}")
            if len(seen) > self._settings.max_redirects:
                raise FetchError(url, f"more than {self._settings.max_redirects} redirects")
            here = answer

    async def _ask(self, url: str, here: str, headers: Mapping[str, str], left_s: float) -> Page | str:
        """Make one request; return its page, or the address it redirects to. url: for the errors."""
        try:
            async with (
                asyncio.timeout(left_s),
                self._session.get(here, headers=headers, allow_redirects=False) as response,
            ):
                if response.status in REDIRECTS:
                    return _redirect(url, here, response)
                _refuse_unless_page(url, response, asked_for_changes=bool(headers))
                body = b"" if response.status == 304 else await self._body(url, response)
                return _page(here, response, body)
        except TimeoutError:
            raise FetchError(
                url, f"no complete answer within {self._settings.deadline_s:g} s", unreached=True
            ) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # ValueError: aiohttp lets through what yarl, idna and the header parser raise.
            raise _failure(url, error) from error

    async def _body(self, url: str, response: aiohttp.ClientResponse) -> bytes:
        """Read a body, unpacked, up to the cap. Memory stays within the cap and a few chunks."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ENCODINGS:
            raise FetchError(
                url, f"packed in a way that cannot be read: {_shown(encoding)}", status=response.status
            )
        body = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            body += chunk
            if len(body) > self._max_bytes:
                raise FetchError(url, f"larger than {self._settings.max_body_mb:g} MB", status=response.status)
        return bytes(body)


def user_agent(contact: str) -> str:
    """Say who asks. contact: an address or page where a webmaster reaches a person; "" for none."""
    words = " ".join(contact.split())
    return f"monitor/{__version__} (+{words})" if words else f"monitor/{__version__}"


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Both validators, verbatim: servers compare text, and some ignore one of the two."""
    given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in given.items() if value}


def _host_to_ask(url: str, here: str) -> str:
    """Return the host of an address; refuse what is no address of a web page. url: for the errors."""
    host = host_of(here) if here[:8].lower().startswith(("http://", "https://")) else ""
    if not host:
        where = "" if here == url else f", where it redirects to: {_shown(here)}"
        raise FetchError(url, f"no address of a web page{where}", final=True)
    if "@" in urlsplit(here).netloc:
        raise FetchError(url, "has a user name in the address; write it without", final=True)
    return host


def _redirect(url: str, here: str, response: aiohttp.ClientResponse) -> str:
    location = response.headers.get("Location", "").strip()
    if not location:
        raise FetchError(url, f"answered {response.status} without saying where to", status=response.status)
    return urljoin(here, location).partition("#")[0]


def _refuse_unless_page(url: str, response: aiohttp.ClientResponse, *, asked_for_changes: bool) -> None:
    status = response.status
    if status == 200 or (status == 304 and asked_for_changes):
        return
    wish = None
    if status in ASKS_FOR_A_PAUSE:
        wish = retry_after(response.headers.get("Retry-After"), answered_at=response.headers.get("Date"))
    words = f"answered {status} {_PHRASES.get(status, '')}".rstrip()
    raise FetchError(url, words, status=status, retry_after=wish, final=status in GONE)


def _shown(sent: str) -> str:
    """Make what a server sent fit for a message: printable ASCII, not too long."""
    return ascii(sent)[1:-1][:200]


def _page(here: str, response: aiohttp.ClientResponse, body: bytes) -> Page:
    headers = response.headers
    values = (_as_text(headers.get(name)) for name in ("Content-Type", "ETag", "Last-Modified"))
    return Page(here, response.status, body, *values)


def _as_text(value: str | None) -> str | None:
    """Leave out a header of bytes that are no text: it could be neither stored nor sent back."""
    try:
        return value if value is None or value.isascii() or value.encode() else None
    except UnicodeEncodeError:
        return None


def _failure(url: str, error: Exception) -> FetchError:
    """Put what aiohttp says into plain words."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
    if isinstance(cause, AddressRefusedError):
        return FetchError(url, f"refused: {cause}", final=True)
    why = next((why for kind, why in _FAILURES if isinstance(error, kind)), "the answer is not proper HTTP")
    final, unreached = isinstance(error, aiohttp.InvalidURL), isinstance(error, aiohttp.ClientConnectorError)
    return FetchError(url, why, final=final, unreached=unreached)


# In this order: aiohttp derives some of these from others.
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.InvalidURL, "no address of a web page"),
    (aiohttp.ClientConnectorDNSError, "the host name is not known"),
    (aiohttp.ClientSSLError, "no secure connection (its TLS certificate or protocol is not accepted)"),
    (aiohttp.ClientConnectorError, "no connection"),
    (aiohttp.ClientPayloadError, "the answer broke off or cannot be unpacked"),
    (aiohttp.ServerDisconnectedError, "the server hung up without an answer"),
    (OSError, "the connection broke off"),
)
