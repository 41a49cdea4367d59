"""The embedded model and the rules → one table: how right, how well calibrated, how large and how fast.

Run: make evaluate, or python benchmarks/evaluate.py [SHARED] (about ten minutes). SHARED is the folder with
story/, stories/, data/, corpora/ and tools/; without it, the folder `shared` next to the checkout. Nothing is
scored on what trained the weights. Beside each figure stands the one before, from benchmarks/before.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that the parts are found when this runs as a script

from benchmarks.evaluation import (
    attribution,
    figures,
    headlines,
    inference,
    origins,
    proposals,
    speed,
    stories,
    traps,
)
from monitor.judge.model import EmbeddedModel

SHARED = Path(__file__).parents[2] / "shared"
BEFORE = Path(__file__).parent / "before.json"
UNMEASURED = "–"

Part = Callable[[Path, EmbeddedModel], Iterator[tuple[str, str]]]


def parts(weights: Path | None) -> Mapping[str, Part]:
    """Name the parts of the evaluation, in the order of the table."""
    return {
        "stories": stories.measure,
        "attribution": attribution.measure,
        "inference": inference.measure,
        "headlines": headlines.measure,
        "traps": traps.measure,
        "figures": figures.measure,
        "origins": origins.measure,
        "proposals": proposals.measure,
        "speed": partial(speed.measure, weights=weights),
    }


def table(now: Mapping[str, str], before: Mapping[str, str]) -> str:
    """Lay out what was measured beside what was measured before."""
    rows = [(name, before.get(name, UNMEASURED), value) for name, value in now.items()]
    lines = [("measure", "before", "now"), ("---", "---", "---"), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print the table. Exit code 2 if the stories or the scoring tool are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=SHARED)
    parser.add_argument("--weights", type=Path, help="a folder with other weights of the same build")
    parser.add_argument("--only", nargs="+", choices=list(parts(None)), help="some parts alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file too, as one object")
    args = parser.parse_args()
    stories.load_scoring(args.shared / "tools/score_story.py")  # before anything that takes minutes
    model = EmbeddedModel(threads=2, weights=args.weights)
    now: dict[str, str] = {}
    for name, part in parts(args.weights).items():
        if args.only is None or name in args.only:
            sys.stderr.write(f"{name} …\n")
            now.update(part(args.shared, model))
    if args.json:
        args.json.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    before = json.loads(BEFORE.read_text(encoding="utf-8")) if BEFORE.exists() else {}
    sys.stdout.write(table(now, before) + "\n")


if __name__ == "__main__":
    main()
