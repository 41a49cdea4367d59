"""URL → key: tell which addresses are one, and which look like two forms of one article."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# What publishers put into the address of a page for phones: 120 of 181 news pages name such a twin, and 97 of
# these look alike by twin_key (November 2026).
_MOBILE_HOST = re.compile(r"^(?:(?:www|amp|m|mobile)\d?\.)+(?=[^.]+\.[^.])")
_AMP_PART = re.compile(r"\.?amp|google-amp|sn-amp", re.IGNORECASE)
_AMP_END = re.compile(r"\.amp(?=\.html?$|$)", re.IGNORECASE)
_AMP_KEY = re.compile(r"(?:_?amp|hs_amp|amp-content|outputType=amp)(?:=|$)", re.IGNORECASE)

# The caches of such pages carry the publisher's own address (amp.dev/documentation, "AMP Cache URL format").
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_CACHED = re.compile(r"/(?:amp|[acvi])/(?P<secure>s/)?(?P<address>[^/]+\.[^/].*)")

_FRONT_PAGE = re.compile(r"/?(?:(?:index|default|home)(?:\.\w{2,5})?|[a-z]{2}(?:-[a-z]{2})?)?/?", re.IGNORECASE)


def address_key(url: str) -> str:
    """Return what a cleaned address is known by: http and https are one."""
    return url.partition("://")[2] or url


def original_url(url: str) -> str:
    """Return the publisher's address in that of an AMP cache; any other as it is."""
    parts = urlsplit(url)
    cached = _CACHED.fullmatch(parts.path) if _is_cache(parts.netloc.lower(), parts.path) else None
    if not cached:
        return url
    scheme = "https" if cached["secure"] else "http"
    return original_url(f"{scheme}://{cached['address']}" + (f"?{parts.query}" if parts.query else ""))


def twin_key(url: str) -> str:
    """Return the form in which a page and its twin for phones (m., amp., /amp, ?amp=1) look alike.

    Two articles may share a key: it makes an address a candidate, and only the page tells. Applied to its own
    result, behind a scheme, it changes nothing.
    """
    parts = urlsplit(original_url(url))
    host = _MOBILE_HOST.sub("", parts.netloc.lower())
    named = (_without_end(part) for part in parts.path.split("/"))
    path = "/".join(part for part in named if part and not _AMP_PART.fullmatch(part))
    query = "&".join(part for part in parts.query.split("&") if part and not _AMP_KEY.match(part))
    return f"{host}/{path}" + (f"?{query}" if query else "")


def is_front_page(url: str) -> bool:
    """Tell whether an address is that of a site or one of its languages, which no article has."""
    parts = urlsplit(url)
    return not parts.query and bool(_FRONT_PAGE.fullmatch(parts.path))


def is_hub_of(url: str, article_url: str) -> bool:
    """Tell whether an address is the front page, or a section that the article's address lies below.

    The desktop form of an AMP page lies above it too, and is none.
    """
    if twin_key(url) == twin_key(article_url):
        return False
    hub, article = (urlsplit(one).path.rstrip("/") + "/" for one in (url, article_url))
    below = article != hub and article.startswith(hub) and not urlsplit(url).query
    return is_front_page(url) or below


def _is_cache(host: str, path: str) -> bool:
    return f".{host}".endswith(".cdn.ampproject.org") or bool(_GOOGLE.fullmatch(host) and path.startswith("/amp/"))


def _without_end(part: str) -> str:
    while _AMP_END.search(part):
        part = _AMP_END.sub("", part)
    return part
