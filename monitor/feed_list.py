"""Changes to the list of feeds → config/feeds.yaml: checked before it is written, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from monitor.collect.discover import feed_key
from monitor.collect.opml import MAX_BYTES, FeedsRead, read_opml
from monitor.config import NO_SETTINGS, FeedSettings, Settings, read_settings
from monitor.errors import ConfigError, FeedError, MonitorError, ReadError
from monitor.feed_rows import Row, add_rows, pause_row, remove_row
from monitor.lock import hold
from monitor.outfile import whole_file
from monitor.read.workers import Workers
from monitor.store import open_readonly, open_store
from monitor.yaml_file import read_text

OPML_DEADLINE_S = 60  # 20,000 feeds take 3 s (2 cores, November 2026)
MOST_CANDIDATES = 8  # named where a name fits several feeds


@dataclass(frozen=True, slots=True)
class Addition:
    """What adding feeds did. known: those left out, each with the feed of the list that has its address."""

    added: tuple[FeedSettings, ...]
    known: tuple[tuple[FeedSettings, FeedSettings], ...]


@dataclass(frozen=True, slots=True)
class _File:
    """The list as it stands. root: the nodes of its text; None: there is no file yet."""

    path: Path
    text: str
    settings: Settings
    root: yaml.Node | None


def settings_at(path: Path) -> Settings:
    """Read the settings that a list is added to; where no file stands yet, the defaults. Raises ConfigError."""
    return _read(path).settings


def add_feeds(path: Path, feeds: Sequence[FeedSettings]) -> Addition:
    """Add feeds to the list, each address once; the file is made if there is none.

    http and https, and a slash at the end or none, are one address. Raises ConfigError if the file is wrong,
    MonitorError if it cannot be edited or written; then it stays as it was.
    """
    file = _read(path)
    listed = {feed_key(feed.url): feed for feed in file.settings.feeds}
    added: list[FeedSettings] = []
    known: list[tuple[FeedSettings, FeedSettings]] = []
    for feed in feeds:
        twin = listed.setdefault(feed_key(feed.url), feed)
        if twin is feed:
            added.append(feed)
        else:
            known.append((feed, twin))
    if added:
        rows = [_row(feed) for feed in added]
        _write(file, add_rows(file.text, file.root, rows), expected=[*file.settings.feeds, *added])
    return Addition(tuple(added), tuple(known))


def pause_feed(path: Path, words: str, *, paused: bool) -> tuple[FeedSettings, bool]:
    """Write that a feed is not to be asked, or is again; return it, and whether that changed anything.

    words: as find_feed takes them. Raises as add_feeds does.
    """
    file, root, index = _find(path, words)
    feeds = list(file.settings.feeds)
    if feeds[index].paused == paused:
        return feeds[index], False
    feeds[index] = feeds[index].model_copy(update={"paused": paused})
    _write(file, pause_row(file.text, root, index, paused=paused), expected=feeds)
    return feeds[index], True


def resume_feed(path: Path, words: str, db: Path, *, now: datetime) -> tuple[FeedSettings, bool]:
    """End the pause of a feed, and ask it again if its server said that it is gone; return as pause_feed does.

    Raises as pause_feed does; LockedError if the feed is gone and a monitor is at work in the database.
    """
    feed = find_feed(_read(path).settings.feeds, words)
    was_gone = db.exists() and _ask_again(db, feed.url, now=now)
    feed, was_paused = pause_feed(path, feed.url, paused=False)
    return feed, was_gone or was_paused


def _ask_again(db: Path, url: str, *, now: datetime) -> bool:
    with open_readonly(db) as store:
        gone = any(feed.url == url and feed.gone_at for feed in store.feeds.details(now=now))
    if gone:
        with hold(db), open_store(db) as store:
            store.feeds.ask_again(url, now=now)
    return gone


def remove_feed(path: Path, words: str) -> FeedSettings:
    """Take a feed off the list, and return it. Raises ConfigError for the last one, else as pause_feed does."""
    file, root, index = _find(path, words)
    feeds = list(file.settings.feeds)
    removed = feeds.pop(index)
    if not feeds:
        raise ConfigError(f"{path}: {removed.name} is its only feed, and one is needed. Add another first.")
    _write(file, remove_row(file.text, root, index), expected=feeds)
    return removed


def read_list(path: Path) -> FeedsRead:
    """Read a list of another program, as read_opml does. Raises MonitorError if there is none in the file."""
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
        with Workers(workers=1, deadline_s=OPML_DEADLINE_S, imports=()) as workers:
            read = asyncio.run(workers.call(read_opml, body))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file. Name the OPML file that the other program has written."
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}). Name another file.") from None
    except (FeedError, ReadError) as error:
        raise MonitorError(f"{path}: {error}.") from None
    if not read.feeds:
        raise MonitorError(f"{path}: no feed in it{': ' if read.refused else ''}{'; '.join(read.refused[:3])}.")
    return read


def names_of_known(feeds: Sequence[FeedSettings], urls: Sequence[str]) -> dict[str, str]:
    """Return those addresses that stand in the list, each with its name there."""
    names = {feed_key(feed.url): feed.name for feed in feeds}
    return {url: names[feed_key(url)] for url in urls if feed_key(url) in names}


def find_feed(feeds: Sequence[FeedSettings], words: str) -> FeedSettings:
    """Find the feed that words mean: its address, its name, or a part of one that no other feed has.

    Raises ConfigError, which names the feeds that fit, if it is not one.
    """
    key, wanted = feed_key(words), words.casefold().strip()
    exact = [feed for feed in feeds if feed.name == words or feed_key(feed.url) == key]
    named = exact or [feed for feed in feeds if feed.name.casefold() == wanted]
    fitting = named or [feed for feed in feeds if wanted in feed.name.casefold() or wanted in feed.url.casefold()]
    if not fitting or not wanted:
        raise ConfigError(f"{words}: no feed of that name or address. See them: monitor feeds list")
    if len(fitting) > 1:
        same = len({feed.name for feed in fitting}) < len(fitting)
        shown = [feed.url if same else feed.name for feed in fitting[:MOST_CANDIDATES]]
        more = f" and {len(fitting) - len(shown)} more" * (len(fitting) > len(shown))
        raise ConfigError(
            f"{words}: fits {len(fitting)} feeds: {', '.join(shown)}{more}. Name one of them in full."
        )
    return fitting[0]


def _row(feed: FeedSettings) -> Row:
    values: Row = feed.model_dump(mode="json", exclude_defaults=True)
    return values


def _find(path: Path, words: str) -> tuple[_File, yaml.Node, int]:
    file = _read(path)
    if file.root is None:
        raise ConfigError(f"{path}: no such file. {NO_SETTINGS}")
    return file, file.root, file.settings.feeds.index(find_feed(file.settings.feeds, words))


def _read(path: Path) -> _File:
    if not path.exists():
        return _File(path, "", Settings(), None)
    text = read_text(path, NO_SETTINGS)
    return _File(path, text, *read_settings(text, path))


def _write(file: _File, text: str, *, expected: Sequence[FeedSettings]) -> None:
    """Write the edited text, if it reads as expected and nobody else has changed the file meanwhile."""
    path = file.path
    try:
        settings, _ = read_settings(text, path)
    except ConfigError:
        settings = Settings()
    if settings != file.settings.model_copy(update={"feeds": tuple(expected)}):
        raise MonitorError(
            f"{path}: written in a way that cannot be edited without loss; nothing was changed. Edit it by hand."
        )
    with whole_file(path.resolve(), option="--config") as whole:
        whole.write(text)
        whole.flush()  # a full disk is met here, while the old file still stands
        if (read_text(path, NO_SETTINGS) if path.exists() else "") != file.text:
            raise MonitorError(f"{path}: somebody else changed it just now; nothing was written. Try again.")
