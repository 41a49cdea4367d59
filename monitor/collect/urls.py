"""URL → cleaned URL, host: bring addresses into the one form they are stored and compared in."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

import courlan

# The longest address seen in a news feed has about 1,100 characters; longer ones are data in disguise.
MAX_CHARACTERS = 4_000

DEFAULT_PORTS = {"http": 80, "https": 443}

# What RFC 3986 lets stand in a path or query as it is, and "%", which begins what is quoted already.
_PLAIN_IN_PATH = "/%!$&'()*+,;=:@~"
_PLAIN_IN_QUERY = _PLAIN_IN_PATH + "?"

# A name in any script, or an IPv6 address in brackets; then the port.
_HOST = re.compile(r"(?:[a-z0-9_¡-\U0010FFFF](?:(?!\s)[a-z0-9_.¡-\U0010FFFF-])*|\[[0-9a-f:.]+\])(?::[0-9]+)?")

# courlan takes these for campaign numbers. On some sites they name the article; losing an article
# is worse than storing one twice, so they stay where the value is a plain number.
_KEYS_OF_ARTICLES = frozenset({"cid", "eid", "uid"})


def clean_url(url: str, *, base: str | None = None) -> str | None:
    """Return the absolute http or https form of an address, or None if it has none.

    Tracking parameters, the fragment, dot segments, default ports and user names are dropped, and
    the query keys are sorted; a query key that may choose the article stays. base: the address of
    the page the link stands on, for relative links. Cleaning twice changes nothing.
    """
    if len(url) > MAX_CHARACTERS:
        return None
    try:
        # Browsers drop line breaks and tabs inside an address, and so do the writers of long links.
        parts = urlsplit(urljoin(base or "", re.sub(r"[\t\r\n]", "", url).strip()))
        host = _host(parts.hostname, parts.port, parts.scheme)
        host.encode()  # half of a surrogate pair could not be stored
        is_web = parts.scheme in DEFAULT_PORTS and _HOST.fullmatch(host)
        site = courlan.clean_url(f"{parts.scheme}://{host}") if is_web else None  # decodes xn-- names
        path = quote(_without_dots(re.sub("/+", "/", parts.path)), safe=_PLAIN_IN_PATH)
        query = _without_trackers(quote(parts.query.replace("&amp;", "&"), safe=_PLAIN_IN_QUERY))
    except ValueError:  # no port number, an unclosed bracket, text that is no Unicode
        return None
    if not site:
        return None
    return f"{site}{path or '/'}?{query}" if query else f"{site}{path if path != '/' else ''}"


@lru_cache(maxsize=20_000)  # each poll asks four times about one address; a third of its time without
def host_of(url: str) -> str:
    """Return the host of an address in lower case, with the port if it is not the usual one.

    This is the key of everything that is kept per host. Returns "" if the address names no host.
    """
    try:
        parts = urlsplit(url)
        return _host(parts.hostname, parts.port, parts.scheme)
    except ValueError:
        return ""


def _host(name: str | None, port: int | None, scheme: str) -> str:
    host = f"[{name}]" if name and ":" in name else name or ""
    return host if not host or port in (None, DEFAULT_PORTS.get(scheme)) else f"{host}:{port}"


def _without_dots(path: str) -> str:
    """Resolve "." and ".." as RFC 3986, section 5.2.4, does; urljoin leaves them in absolute addresses."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[max(1, len(kept) - 1) :]
        elif part != ".":
            kept.append(part)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/".join(kept)


def _without_trackers(query: str) -> str:
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    kept = [(key, f"{key}{equals}{value}") for key, equals, value in pairs if not _is_tracker(key, value)]
    return "&".join(text for _, text in sorted(kept, key=lambda pair: pair[0]))


def _is_tracker(key: str, value: str) -> bool:
    """Ask courlan about the key only: it would drop keys without a value, and rewrite values it cannot decode."""
    if key.lower() in _KEYS_OF_ARTICLES and value.isdigit():
        return False
    return _courlan_drops(key)


@lru_cache(maxsize=4096)
def _courlan_drops(key: str) -> bool:
    return courlan.clean_url(f"http://a.example/?{key}=1") == "http://a.example/"
