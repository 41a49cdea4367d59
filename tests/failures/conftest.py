"""What the failure cases share: workers and a bench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.read.workers import Workers
from tests.town import Bench, open_bench


@pytest.fixture(scope="session")
def reading_workers() -> Iterator[Workers]:
    """Two real processes with a deadline that none of their work comes near."""
    with Workers(workers=2, deadline_s=60) as workers:
        yield workers


@pytest.fixture
def reading_bench(tmp_path: Path, reading_workers: Workers) -> Iterator[Bench]:
    """An empty store before the town's server."""
    with open_bench(tmp_path, reading_workers) as bench:
        yield bench
