"""Scores that can be believed: in order, between never and always."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.judge.calibration import CALIBRATION, calibrated
from monitor.records import Stance

SCORES = st.floats(min_value=0, max_value=1.0000001)  # a sum of probabilities may round up


@given(st.sampled_from(Stance), SCORES, SCORES)
def test_a_higher_score_is_never_believed_less(stance: Stance, one: float, other: float) -> None:
    """The sentence shown is the one with the highest score; calibration must not change which one that is."""
    low, high = sorted((one, other))
    assert 0 < calibrated(stance, low) <= calibrated(stance, high) < 1


@pytest.mark.parametrize("stance", Stance)
def test_each_stance_is_fitted_and_rises(stance: Stance) -> None:
    """A slope of zero or less would mean that the model is right the less the surer it is."""
    slope, _ = CALIBRATION[stance]
    assert slope > 0
