"""Score of a ruling → how often findings with that score are right."""

from __future__ import annotations

import math
from collections.abc import Mapping

from monitor.records import Stance

# Slope and offset on the logit of the score (Platt, 1999), fitted by training/choose.py on the stories that
# choose, for these weights and thresholds. To be fitted again with either of them.
CALIBRATION: Mapping[Stance, tuple[float, float]] = {
    Stance.CONFIRMS: (0.6, 0.47),
    Stance.CONTRADICTS: (0.52, 0.3),
    Stance.UPDATES: (0.51, 0.51),
    Stance.MENTIONS: (0.5, -0.13),
}
_NEARLY = 1e-4  # no score is so sure that its logit would be infinite


def calibrated(stance: Stance, score: float) -> float:
    """Return how likely a finding is right, in (0, 1). score: what the rule went by, in [0, 1].

    A higher score never gives a lower likelihood.
    """
    bounded = min(max(score, _NEARLY), 1 - _NEARLY)
    slope, offset = CALIBRATION[stance]
    return 1 / (1 + math.exp(-(slope * math.log(bounded / (1 - bounded)) + offset)))
