"""Hand-written patterns that never trained × the model alone → how often each kind of trap is seen through."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from monitor.judge.model import EmbeddedModel
from monitor.records import Pair
from training.patterns import read_patterns, traps

TRAINING = Path(__file__).parents[2] / "training"
EACH = 250  # traps of each language, ten of a kind


def measure(_shared: Path, model: EmbeddedModel) -> Iterator[tuple[str, str]]:
    """Yield, for each kind, the share of traps whose likeliest verdict is a right one; then the worst kind."""
    drawn = list(traps(read_patterns(TRAINING / "data/patterns", test=True), EACH, random.Random(3)))
    examples = [trap.example for trap in drawn]
    scored = model.score([Pair(e.premise, e.hypothesis, e.context) for e in examples])
    kinds: dict[str, list[bool]] = defaultdict(list)
    across: list[bool] = []
    for trap, scores in zip(drawn, scored, strict=True):
        right = max(scores.stances, key=lambda stance: scores.stances[stance]) in trap.accepted
        kinds[trap.kind].append(right)
        if trap.lang != trap.claim_lang:
            across.append(right)
    shares = {kind: sum(seen) / len(seen) for kind, seen in kinds.items()}
    for kind, share in shares.items():
        yield f"trap, {kind}", f"{share:.2f}"
    worst = min(shares, key=lambda kind: shares[kind])
    yield "traps, claim in another language than the sentence", f"{sum(across) / len(across):.2f}"
    yield "traps, all kinds", f"{sum(shares.values()) / len(shares):.2f}"
    yield "traps, worst kind", f"{shares[worst]:.2f} ({worst})"
