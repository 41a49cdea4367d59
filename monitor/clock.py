"""The clock → now: read by the command line, the daemon and the demo only; everybody else is told."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Read the clock, to the second, as moments are stored."""
    return datetime.now(UTC).replace(microsecond=0)
