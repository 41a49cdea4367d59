"""Serve the sample newsroom alone until SIGTERM, as a process that other programs poll."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

import yaml

from monitor.config import FeedSettings
from monitor.errors import MonitorError
from monitor.newsroom.server import FIRST_PORT, Newsroom

READY = "# ready"


def settings_yaml(feeds: Sequence[FeedSettings]) -> str:
    """Write the settings that a monitor needs to follow these feeds."""
    rows = [feed.model_dump(exclude_none=True) for feed in feeds]
    settings = {"collect": {"allow_networks": ["127.0.0.0/8"], "pause_s": 0}, "feeds": rows}
    return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)


async def serve(port: int) -> None:
    """Print the settings and the line "# ready" (all of it YAML), then serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Newsroom(port) as room:
        sys.stdout.write(f"{settings_yaml(room.feeds)}{READY}\n")
        sys.stdout.flush()
        await stop.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, by default those of the command line, and serve. Returns 1 if a port is taken."""
    parser = argparse.ArgumentParser(prog="python -m monitor.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="the first port; 0 takes any free ones")
    try:
        asyncio.run(serve(parser.parse_args(arguments).port))
    except MonitorError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
