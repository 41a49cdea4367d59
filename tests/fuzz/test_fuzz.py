"""What the product reads from outside ends in a result or an error of its own: a glance at each run of the tests.

benchmarks/fuzz.py looks longer: the same targets for minutes each, on real files, led by what code they reach.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.shapes import SHAPES, broken
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_broken_shapes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    """Only the product's own errors are expected by the pipeline and told by the command line."""
    TARGETS[name](data.draw(broken(SHAPES[name])))


@pytest.mark.parametrize("name", TARGETS)
def test_each_shape_can_be_read_as_it_stands(name: str) -> None:
    """One that is refused would show nothing of what lies behind the first check."""
    assert all(TARGETS[name](body) for body in SHAPES[name])
