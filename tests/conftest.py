"""What the tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.read.workers import Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Real processes, shared by the tests of a file: they take a second to start."""
    with Workers(workers=2, deadline_s=20) as workers:
        yield workers
