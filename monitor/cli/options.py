"""Words on the command line → the options that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from monitor.config import Settings, load_settings
from monitor.errors import ConfigError

LAST_PORT = 65535
CONFIG, BASELINE, DB = Path("config/feeds.yaml"), Path("config/baseline.yaml"), Path("db/monitor.db")


def day_of(text: str) -> date:
    """Read a day as people write it to a computer: 2026-11-21. Raises ConfigError for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text!r}: no day; write it as 2026-11-21.") from None
    if not 1990 <= day.year <= 2100:
        raise ConfigError(f"{text}: expected a day between 1990 and 2100.")
    return day


# None: not given. A file at the usual place is then read if it is there; one that is named must be there.
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", envvar="MONITOR_CONFIG", metavar="FILE", help=f"Settings and feeds; usually {CONFIG}."
    ),
]
BaselineOption = Annotated[
    Path, typer.Option("--baseline", envvar="MONITOR_BASELINE", metavar="FILE", help="The claims to watch.")
]
DbOption = Annotated[Path, typer.Option("--db", envvar="MONITOR_DB", metavar="FILE", help="The database.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Format = Literal["text", "html", "json", "md"]


def settings_of(config: Path | None) -> Settings:
    """Read the settings; where none are named, and none stand at the usual place, the defaults do."""
    return load_settings(config or CONFIG) if config or CONFIG.exists() else Settings()
