"""Words on the command line about the list of feeds → a call → what is printed."""

# ruff: noqa: PLC0415  for the reason that commands.py gives

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import CONFIG, DB, ConfigOption, DbOption, JsonOption, settings_of
from monitor.cli.terminal import progress_bars, width
from monitor.clock import utc_now
from monitor.config import load_settings
from monitor.errors import ConfigError
from monitor.report.printable import safe_text

if TYPE_CHECKING:
    from monitor.collect.discover import FoundFeed
    from monitor.feed_list import Addition

NEXT_START = "A monitor that runs sees it when it starts again."
MOST_REFUSED = 20  # lines about entries that cannot be taken, before the rest is a number

FeedArgument = Annotated[
    str, typer.Argument(metavar="NAME|URL", help="The feed: its name or a part of it, or its address.")
]
FolderOption = Annotated[
    str | None, typer.Option("--folder", metavar="NAME", help="The folder for it, such as Korea/Agencies.")
]

feeds_app = typer.Typer(no_args_is_help=True)


@feeds_app.command("add")
def feeds_add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, or any page of a site that has one.")],
    choose: Annotated[
        str | None, typer.Option("--choose", metavar="NUMBERS", help="Which of several to add, such as 1,3.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Add all that are found.")] = False,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Its name in the digest; else its title.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="CODE", help="The language it is in, such as fr.")
    ] = None,
    folder: FolderOption = None,
    config: ConfigOption = None,
) -> None:
    """Find the feeds of a page, and add those that you choose."""
    from monitor import feed_list, find_feeds
    from monitor.daemon import open_world
    from monitor.report.feed_listing import found_text

    path = config or CONFIG
    settings, address = feed_list.settings_at(path), find_feeds.address_of(url)

    known = feed_list.names_of_known(settings.feeds, [address])
    if known:
        print(f"In {path} already, as {safe_text(known[address])}. Nothing was changed.")
        return

    async def look() -> list[FoundFeed]:
        async with open_world(settings) as world:
            return await find_feeds.find_feeds(address, world, progress=progress)

    with progress_bars() as progress:
        found = asyncio.run(look())
    known = feed_list.names_of_known(settings.feeds, [feed.url for feed in found])
    print(found_text(found, known, zone=settings.reader.time_zone, width=width()))
    chosen = find_feeds.choose(found, _choice(len(found), choose, every=every))
    rows = find_feeds.to_settings(chosen, settings.feeds, name=name, lang=lang, folder=folder)
    _say_added(feed_list.add_feeds(path, rows), path)


@feeds_app.command("import")
def feeds_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list of another program, as OPML.")],
    config: ConfigOption = None,
) -> None:
    """Add the feeds of an OPML file, with their folders."""
    from monitor import feed_list

    path = config or CONFIG
    read = feed_list.read_list(file)
    addition = feed_list.add_feeds(path, read.feeds)
    for line in read.refused[:MOST_REFUSED]:
        print(f"monitor: {file}, {safe_text(line)}.", file=sys.stderr)
    if len(read.refused) > MOST_REFUSED:
        print(f"monitor: {file}: and {len(read.refused) - MOST_REFUSED} more like these.", file=sys.stderr)
    numbers = f"{len(addition.added)} added, {len(addition.known)} known already, {len(read.refused)} left out"
    print(f"{path}: {numbers}.")


@feeds_app.command("export")
def feeds_export(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file instead.")] = None,
    config: ConfigOption = None,
) -> None:
    """Print the list as OPML, for other programs."""
    from monitor.collect.opml import write_opml
    from monitor.outfile import whole_file

    feeds = load_settings(config or CONFIG).feeds
    if out is None:
        print(write_opml(feeds), end="")
        return
    with whole_file(out) as file:
        file.write(write_opml(feeds))
    print(f"The list stands in {out}: {len(feeds)} feeds.", file=sys.stderr)


@feeds_app.command("list")
def feeds_list(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the feeds of the config, by folder."""
    from monitor.report.feed_listing import list_json, list_text

    feeds = load_settings(config or CONFIG).feeds
    print(list_json(feeds) if as_json else list_text(feeds, width=_whole_width()), end="")


@feeds_app.command("check")
def feeds_check(as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = DB) -> None:
    """Say how polling each feed goes, and which need a look."""
    from monitor.report.feed_listing import check_feeds, check_json, check_text
    from monitor.store import open_readonly

    zone, now = settings_of(config).reader.time_zone, utc_now()
    with open_readonly(db) as store:
        checks = check_feeds(store.feeds.details(now=now), store.feeds.blocked_hosts(now=now))
    print(check_json(checks) if as_json else check_text(checks, now=now, zone=zone, width=_whole_width()), end="")


@feeds_app.command("pause")
def feeds_pause(feed: FeedArgument, config: ConfigOption = None) -> None:
    """Keep a feed in the list, and do not ask it."""
    from monitor import feed_list

    paused, changed = feed_list.pause_feed(config or CONFIG, feed, paused=True)
    print(f"{safe_text(paused.name)}: {'paused' if changed else 'paused already'}. {NEXT_START}")


@feeds_app.command("resume")
def feeds_resume(feed: FeedArgument, config: ConfigOption = None, db: DbOption = DB) -> None:
    """Ask a feed again that is paused, or that said it is gone."""
    from monitor import feed_list

    resumed, changed = feed_list.resume_feed(config or CONFIG, feed, db, now=utc_now())
    print(f"{safe_text(resumed.name)}: {'resumed' if changed else 'not paused'}. {NEXT_START}")


@feeds_app.command("remove")
def feeds_remove(feed: FeedArgument, config: ConfigOption = None) -> None:
    """Take a feed off the list; its articles stay."""
    from monitor import feed_list

    removed = feed_list.remove_feed(config or CONFIG, feed)
    print(f"{safe_text(removed.name)}: removed; its articles stay in the database. {NEXT_START}")


def _choice(found: int, choose: str | None, *, every: bool) -> str:
    """Return which to add, in words: one is added at once; of several, a person at a terminal is asked."""
    if every or found == 1:
        return "all"
    if choose is not None:
        return choose
    if not sys.stdin.isatty():
        raise ConfigError(f"{found} feeds were found. Say which to add: --choose 1,3 or --all.")
    return str(typer.prompt("Add which? Numbers such as 1,3, or all", default="none"))


def _say_added(addition: Addition, path: Path) -> None:
    for feed, twin in addition.known:
        print(f"In {path} already, as {safe_text(twin.name)}: {safe_text(feed.url)}")
    for feed in addition.added:
        print(f"Added to {path}: {safe_text(feed.name)}")
    print(NEXT_START if addition.added else "Nothing was changed.")


def _whole_width() -> int:
    """Return the cells of a line: tables are read by column, so they may be as wide as the terminal."""
    return shutil.get_terminal_size().columns
