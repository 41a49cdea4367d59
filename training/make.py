"""Everything → the shipped weights: one command, one seed, and it goes on where it was interrupted.

Run: make train, or python -m training.make --shared ../shared --out build/training. On a GPU it takes minutes, on
two cores days: set ROUNDS and VARIANTS lower there. A stage that is done has left its weights and is not done
again; one that was interrupted goes on from its last 500 batches.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training import names
from training import network as nets
from training.examples import Example, inference_pairs, read_rows
from training.export import export, sample_pairs
from training.patterns import read_patterns, traps_that_train
from training.shipped import read_shipped
from training.stories import Story, foreign, one_round, texts_of, training_stories
from training.train import Pieces, Row, Trainer, rows, run_stage
from training.vectors import evidence, follow_teacher, teacher_vectors, tell_apart

HERE = Path(__file__).parent
Vectors = Mapping[str, NDArray[np.float32]]
# One round goes once through every label, each time in another wording and beside other unrelated pairs.
ROUNDS = 6
INFERENCE_RATE = 1e-4
REPLAYED = 16_000  # inference pairs in each round, so that what they taught is not forgotten
TRAPS = 40_000  # in a round
NAMED = 2500  # pairs of names in a round
FOLLOWED, APART = 2, 900  # rounds of following the teacher, steps of telling apart
FOLLOW_RATE, APART_RATE = 3e-4, 2e-4


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to go through the rounds. above: layers that stay as they are, from the first."""

    seed: int
    rate: float
    dropout: float
    above: int = 0


VARIANTS = (Variant(1, 1e-4, 0.1), Variant(3, 7e-5, 0.1))
# What goes on from the average of the variants. The vector leaves below the layers that learn here, and stays.
LAST = Variant(11, 6e-5, 0.1, above=nets.EXIT)


def vectors_of(stories: Sequence[Story], teacher: nets.Network, pieces: Pieces) -> Vectors:
    """Return the start weights' vector of each text of the stories."""
    texts = list(dict.fromkeys(text for story in stories for text in texts_of(story)))
    return dict(zip(texts, teacher_vectors(teacher, texts, pieces).numpy(), strict=True))


def with_nearness(stories: Sequence[Story], vectors: Vectors) -> list[Story]:
    """Note how near each sentence is to each claim of its story."""
    return [replace(story, near=dict(_nearness(story, vectors))) for story in stories]


def _nearness(story: Story, vectors: Vectors) -> Iterator[tuple[tuple[str, int, str], float]]:
    for article in story.articles:
        for place, text in enumerate(article.sentences):
            for claim in story.claims:
                yield (article.id, place, claim.id), float(vectors[text] @ vectors[claim.text])


def round_of(
    stories: Sequence[Story], vectors: Vectors, replayed: Sequence[Example], number: int
) -> list[tuple[Example, ...]]:
    """Put one round together: labels and unrelated pairs of every story, traps, names, some inference pairs."""
    rng = random.Random(f"round {number}")
    strange = list(foreign(stories, lambda one, other: float(vectors[one] @ vectors[other]), rng))
    alone = rng.sample(strange, len(strange) // 3)
    alone += traps_that_train(read_patterns(HERE / "data/patterns", test=False), TRAPS, rng)
    alone += names.pairs(HERE / "data/names", NAMED, rng)
    alone += [replayed[(number * REPLAYED + at) % len(replayed)] for at in range(REPLAYED)]
    return [beside for story in stories for beside in one_round(story, rng)] + [(example,) for example in alone]


def other_texts(shared: Path, rng: random.Random) -> list[str]:
    """Return texts of many languages and subjects, from the inference sets, for the vector to be learnt on."""
    found = [
        str(row[side])
        for row in read_rows(shared / "data/nli-train.jsonl.gz")
        for side in ("premise", "hypothesis")
    ]
    return rng.sample(sorted(set(found)), 20_000)


def train(shared: Path, out: Path, *, seed: int, device: str, shipped: Path | None = None) -> nets.Network:
    """Run every stage that has not left its weights in `out` yet; return the trained network.

    shipped: weights that ship, from which the last stage alone goes on; None begins with the start weights.
    """
    torch.manual_seed(seed)
    pieces = Pieces(shared / "models/tokenizer.json")
    start = shared / "models/pytorch"
    inference = list(inference_pairs(shared, random.Random(seed)))
    replayed = random.Random(seed + 4).sample(inference, len(inference))
    teacher = nets.from_start(start).to(device)
    plain = training_stories(shared)
    vectors = vectors_of(plain, teacher, pieces)
    stories = with_nearness(plain, vectors)
    rounds = [partial(_rows_of_round, stories, vectors, replayed, pieces, number) for number in range(ROUNDS)]
    if shipped:
        return nets.load(_stage("last", read_shipped(shipped), rounds[-1:], out, LAST, device))

    def first() -> list[list[Row]]:
        return [rows([example], pieces) for example in inference]

    plain_start = Variant(seed, INFERENCE_RATE, 0.0)
    net = nets.load(_stage("inference", nets.from_start(start), [first], out, plain_start, device))
    done = [_stage(f"stories-{n}", net, rounds, out, variant, device) for n, variant in enumerate(VARIANTS)]
    taught_exit = out / "exit.safetensors"
    if not taught_exit.exists():
        others = other_texts(shared, random.Random(seed))
        taught = {**vectors, **dict(zip(others, teacher_vectors(teacher, others, pieces).numpy(), strict=True))}
        net = nets.average(done).to(device)
        _teach_exit(net, stories, others, taught, pieces, seed)
        nets.save(net, taught_exit)
    return nets.load(_stage("last", nets.load(taught_exit), rounds[-1:], out, LAST, device))


def _rows_of_round(
    stories: Sequence[Story], vectors: Vectors, replayed: Sequence[Example], pieces: Pieces, number: int
) -> list[list[Row]]:
    return [rows(beside, pieces) for beside in round_of(stories, vectors, replayed, number)]


def _stage(
    name: str,
    start: nets.Network,
    rounds: Sequence[Callable[[], Sequence[Sequence[Row]]]],
    out: Path,
    variant: Variant,
    device: str,
) -> Path:
    """Train one stage, if it has not left its weights yet; return where they are."""
    done = out / f"{name}.safetensors"
    if not done.exists():
        torch.manual_seed(variant.seed)
        trainer = Trainer(deepcopy(start), device=device, dropout=variant.dropout, above=variant.above)
        run_stage(name, trainer, rounds, out=out, rate=variant.rate, seed=variant.seed)
        nets.save(trainer.weights(), done)
    return done


def _teach_exit(
    net: nets.Network,
    stories: Sequence[Story],
    others: Sequence[str],
    taught: Vectors,
    pieces: Pieces,
    seed: int,
) -> None:
    vectors = torch.from_numpy(np.stack(list(taught.values())))
    follow_teacher(net, list(taught), vectors, pieces, rounds=FOLLOWED, rate=FOLLOW_RATE, seed=seed)
    known = torch.from_numpy(np.stack([taught[text] for text in others]))
    tell_apart(net, evidence(stories), others, known, pieces, steps=APART, rate=APART_RATE, seed=seed)


def main() -> None:
    """Train, and export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    parser.add_argument("--out", type=Path, default=HERE.parent / "build/training")
    parser.add_argument("--from", dest="shipped", type=Path, metavar="FOLDER", help="go on from weights that ship")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--temperatures", type=float, nargs=2, default=(1.0, 1.0), metavar=("SCORES", "VERDICT"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    net = train(args.shared, args.out, seed=args.seed, device=args.device, shipped=args.shipped)
    export(net, args.out, sample_pairs(args.shared), temperatures=tuple(args.temperatures))
    shutil.copyfile(args.shared / "models/tokenizer.json", args.out / "tokenizer.json")
    sys.stderr.write(
        f"{args.out}: vector.onnx, pair.onnx, weights.bin and tokenizer.json are what the product loads.\n"
    )


if __name__ == "__main__":
    main()
