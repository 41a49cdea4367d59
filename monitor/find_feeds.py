"""An address → the feeds found there, each fetched and read."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

from pydantic import ValidationError

from monitor.collect.discover import (
    FoundFeed,
    feed_key,
    feeds_named,
    look_at,
    news_sitemaps,
    sitemaps_named,
    usual_places,
    web_form,
)
from monitor.collect.urls import host_of
from monitor.config import FeedSettings
from monitor.errors import ConfigError, FeedError, FetchError, MonitorError, ReadError
from monitor.feed_records import Page
from monitor.pipeline import Progress, World, no_progress

ASK_FOR_A_PAUSE = frozenset({429, 503})


def address_of(words: str) -> str:
    """Make an address of what a person typed: example.org is https://example.org, feed:// is http://.

    Raises ConfigError if a user name stands in it.
    """
    address = web_form(words)
    if not re.match(r"[a-z][a-z0-9+.-]*://", address, re.IGNORECASE):
        address = f"https://{address}"
    try:
        has_user = "@" in urlsplit(address).netloc
    except ValueError:
        has_user = False  # no address at all; the fetcher says so
    if has_user:
        raise ConfigError(
            "The address holds a user name. Add it without, and give the feed a login in the config."
        )
    return address


async def find_feeds(url: str, world: World, *, progress: Progress = no_progress) -> list[FoundFeed]:
    """Find the feeds of a page; if the address is a feed itself, that one alone.

    What the page and the robots.txt of its site name is asked; only where that holds no feed, the usual places
    are, up to the first that is one. One request at a time, 40 at most; a host that asks for a pause gets it.
    Raises MonitorError if the page cannot be had or read, or has no feed.
    """
    try:
        page = await world.fetcher.fetch(url)
        try:
            return [await _look(world, url, page)]
        except FeedError:
            named = await world.workers.call(feeds_named, page.body, url=page.url, content_type=page.content_type)
    except (FetchError, ReadError) as error:
        raise MonitorError(f"{url}: {error.why}. Check the address with a browser.") from error
    search = _Search(world, progress)
    found = await search.all_of([*named, *await search.sitemaps(page.url)])
    found = found or await search.first_of([*usual_places(page.url), *news_sitemaps(page.url)])
    if not found:
        raise MonitorError(
            f"{url}: no feed found, at {search.asked} addresses. Look for “RSS” on the site, and add that address."
        )
    return found


class _Search:
    """Addresses that are asked one after the other. asked: how many."""

    def __init__(self, world: World, progress: Progress) -> None:
        self.asked = 0
        self._world, self._progress = world, progress
        self._paused: set[str] = set()
        self._seen: set[object] = set()

    async def all_of(self, addresses: Sequence[str]) -> list[FoundFeed]:
        """Ask all of them; return those that are feeds, each feed once."""
        found = []
        for done, address in enumerate(addresses, start=1):
            found.append(await self._one(address))
            self._progress("look", done, len(addresses))
        return [feed for feed in found if feed]

    async def first_of(self, addresses: Sequence[str]) -> list[FoundFeed]:
        """Ask until one is a feed with entries."""
        for done, address in enumerate(addresses, start=1):
            found = await self._one(address)
            self._progress("guess", done, len(addresses))
            if found and found.entries:
                return [found]
        return []

    async def sitemaps(self, url: str) -> list[str]:
        """Return the news sitemaps that the robots.txt of a site names."""
        robots = await self._fetch(urljoin(url, "/robots.txt"))
        return sitemaps_named(robots.body, url=robots.url) if robots else []

    async def _one(self, address: str) -> FoundFeed | None:
        page = await self._fetch(address)
        if page is None:
            return None
        same = {feed_key(page.url), sha256(page.body).digest()}
        if same & self._seen:
            return None
        self._seen |= same
        try:
            return await _look(self._world, address, page)
        except (FeedError, ReadError):
            return None

    async def _fetch(self, address: str) -> Page | None:
        host = host_of(address)
        if host in self._paused:
            return None
        self.asked += 1
        try:
            return await self._world.fetcher.fetch(address)
        except FetchError as error:
            if error.retry_after or error.status in ASK_FOR_A_PAUSE:
                self._paused.add(host)
            return None


async def _look(world: World, asked: str, page: Page) -> FoundFeed:
    """Read a page as a feed, under the address to be asked from now on: a redirect may be for today only."""
    lasting = page.url if feed_key(page.url) == feed_key(asked) else asked
    return await world.workers.call(look_at, page.body, url=lasting, content_type=page.content_type)


def choose(found: Sequence[FoundFeed], words: str) -> list[FoundFeed]:
    """Choose by number, from 1: '1,3', '2-4', 'all'; nothing, or 'none', chooses none. Raises ConfigError."""
    chosen: set[int] = set()
    for part in re.split(r"[\s,;]+", words.strip().lower()):
        numbers = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        if part == "all":
            return list(found)
        if numbers:
            chosen |= set(range(int(numbers[1]), int(numbers[2] or numbers[1]) + 1))
        elif part not in ("", "none"):
            raise ConfigError(f"{part!r}: no number of the list; write such as 1,3 or all.")
    outside = sorted(chosen - set(range(1, len(found) + 1)))
    if outside:
        raise ConfigError(f"{outside[0]}: no such number; choose from 1 to {len(found)}.")
    return [found[number - 1] for number in sorted(chosen)]


def to_settings(
    found: Sequence[FoundFeed],
    listed: Sequence[FeedSettings],
    *,
    name: str | None = None,
    lang: str | None = None,
    folder: str | None = None,
) -> list[FeedSettings]:
    """Make rows of the list. listed: what stands there; a title that is a name there already gets an addition.

    name: instead of the title, for one feed alone. lang: instead of what the feed says. Raises ConfigError if one
    of them cannot stand in the list.
    """
    if name and len(found) > 1:
        raise ConfigError("--name is for one feed; choose one, or leave it out.")
    taken = {feed.name for feed in listed}
    rows = []
    for feed in found:
        named = name or _free_name(feed, taken)
        taken.add(named)
        rows.append(_to_row(url=feed.url, name=named, lang=lang or feed.lang, folder=folder))
    return rows


def _to_row(**values: str | None) -> FeedSettings:
    try:
        return FeedSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        why = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"--{first['loc'][0]} {first['input']!r}: {why}.") from None


def _free_name(feed: FoundFeed, taken: Collection[str]) -> str:
    """Tell feeds of one title apart by the end of their address: two of a name cannot be in a digest."""
    title = feed.title or host_of(feed.url)
    ending = PurePosixPath(urlsplit(feed.url).path).stem
    return next(
        (name for name in (title, f"{title} – {ending}") if name not in taken),
        f"{title} – {feed_key(feed.url)}",
    )
