"""URL → family: tell which publisher an address belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from tld import get_tld
from tld.utils import Result

from monitor.collect.urls import host_of


def registered_domain(url: str) -> str:
    """Return the part of a host that somebody registered, such as bbc.co.uk; the host itself if it has no name.

    The list of public suffixes is the one in the library: nothing is fetched. Private suffixes count, so that two
    blogs of one blog host are two.
    """
    found = get_tld(url, as_object=True, fail_silently=True, search_private=True)
    if isinstance(found, Result):
        return found.fld
    host = host_of(url)
    last = host.split(".")[-2:]
    return ".".join(last) if last[-1].isalpha() else host


def family_of(url: str, families: Mapping[str, str]) -> str:
    """Name the family of publishers an address belongs to: its own registered domain if none is listed.

    families: registered domain, or a host below it → name; the longest that fits counts.
    """
    host = host_of(url)
    parts = host.split(".")
    listed = (families.get(".".join(parts[at:])) for at in range(len(parts)))
    return next((name for name in listed if name), registered_domain(url))
