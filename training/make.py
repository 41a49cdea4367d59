"""Everything → the shipped weights: one command, one seed, and it goes on where it was interrupted.

Run: make train, or python -m training.make --shared ../shared --out build/training. On two cores it takes about
three hours, on a GPU minutes. A stage that is done has left its weights and is not done again; one that was
interrupted goes on from its last 500 batches.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training import names
from training import network as nets
from training.examples import Example, inference_pairs, read_rows
from training.export import export
from training.patterns import read_patterns, traps
from training.stories import Story, one_round, texts_of, training_stories
from training.train import Pieces, Trainer, rows, run_stage
from training.vectors import evidence, follow_teacher, teacher_vectors, tell_apart

HERE = Path(__file__).parent
BATCH = 32
# One round goes once through every label, each time in another wording and beside other unrelated pairs. The rate
# goes from each number to the next within a round.
RATES = (5e-5, 5e-5, 1e-4, 8e-5, 1e-4, 1e-4, 1e-4, 1e-6)
INFERENCE_RATE = 5e-5
REPLAYED = 6000  # inference pairs in each round, so that what they taught is not forgotten
RARE = frozenset({"contradicts", "updates", "mentions"})
TRAPS = 200  # of each language in a round
NAMED = 2500  # pairs of names in a round
FOLLOWED, APART = 1, 600  # rounds of following the teacher, steps of telling apart
FOLLOW_RATE, APART_RATE = 3e-4, 2e-4


def with_nearness(stories: Sequence[Story], start: nets.Network, pieces: Pieces) -> list[Story]:
    """Note how near each sentence is to each claim of its story, by the start weights' vectors."""
    texts = list(dict.fromkeys(text for story in stories for text in texts_of(story)))
    vectors = dict(zip(texts, teacher_vectors(start, texts, pieces).numpy(), strict=True))
    return [replace(story, near=dict(_nearness(story, vectors))) for story in stories]


def _nearness(
    story: Story, vectors: Mapping[str, NDArray[np.float32]]
) -> Iterator[tuple[tuple[str, int, str], float]]:
    for article in story.articles:
        for place, text in enumerate(article.sentences):
            for claim in story.claims:
                yield (article.id, place, claim.id), float(vectors[text] @ vectors[claim.text])


def round_of(stories: Sequence[Story], replayed: Sequence[Example], number: int) -> list[Example]:
    """Put one round together: labels and unrelated pairs of every story, traps, names, some inference pairs."""
    rng = random.Random(f"round {number}")
    drawn = [example for story in stories for example in one_round(story, rng)]
    if number == len(RATES) - 2:  # the last one: what is rare stands in it twice
        again = (example for story in stories for example in one_round(story, rng))
        drawn += [example for example in again if example.verdicts & RARE and "unrelated" not in example.verdicts]
    drawn += [trap.example for trap in traps(read_patterns(HERE / "data/patterns", test=False), TRAPS, rng)]
    drawn += names.pairs(HERE / "data/names", NAMED, rng)
    start = number * REPLAYED % len(replayed)
    return drawn + list(replayed[start : start + REPLAYED])


def other_texts(shared: Path, rng: random.Random) -> list[str]:
    """Return texts of many languages and subjects, from the inference sets, for the vector to be learnt on."""
    found = [
        str(row[side])
        for row in read_rows(shared / "data/nli-train.jsonl.gz")
        for side in ("premise", "hypothesis")
    ]
    return rng.sample(sorted(set(found)), 20_000)


def train(shared: Path, out: Path, *, seed: int, device: str) -> nets.Network:
    """Run every stage that has not left its weights in `out` yet; return the trained network."""
    torch.manual_seed(seed)
    pieces = Pieces(shared / "models/tokenizer.json")
    start = shared / "models/pytorch"
    inference = list(inference_pairs(shared, random.Random(seed)))
    net = _stage(
        "inference",
        nets.from_start(start),
        inference,
        pieces,
        out,
        (INFERENCE_RATE, INFERENCE_RATE / 10),
        seed,
        device,
    )
    replayed = random.Random(seed + 4).sample(inference, len(inference))
    stories = with_nearness(training_stories(shared), nets.from_start(start), pieces)
    for number, rates in enumerate(pairwise(RATES)):
        net = _stage(
            f"stories-{number}", net, round_of(stories, replayed, number), pieces, out, rates, seed, device
        )
    return _exit(net, shared, stories, pieces, out, seed)


def _stage(
    name: str,
    net: nets.Network,
    examples: Sequence[Example],
    pieces: Pieces,
    out: Path,
    rates: tuple[float, float],
    seed: int,
    device: str,
) -> nets.Network:
    done = out / f"{name}.safetensors"
    if not done.exists():
        trainer = Trainer(net, device=device)
        run_stage(
            name,
            trainer,
            rows(examples, pieces),
            out=out,
            size=BATCH,
            rate=rates[0],
            floor=rates[1] / rates[0],
            seed=seed,
        )
        nets.save(trainer.weights(), done)
    return nets.load(done)


def _exit(
    net: nets.Network, shared: Path, stories: Sequence[Story], pieces: Pieces, out: Path, seed: int
) -> nets.Network:
    done = out / "exit.safetensors"
    if not done.exists():
        others = other_texts(shared, random.Random(seed))
        texts = list(dict.fromkeys(text for story in stories for text in texts_of(story)))
        teacher = teacher_vectors(nets.from_start(shared / "models/pytorch"), [*texts, *others], pieces)
        follow_teacher(net, [*texts, *others], teacher, pieces, rounds=FOLLOWED, rate=FOLLOW_RATE, seed=seed)
        known = teacher[len(texts) :]
        tell_apart(net, evidence(stories), others, known, pieces, steps=APART, rate=APART_RATE, seed=seed)
        nets.save(net, done)
    return nets.load(done)


def main() -> None:
    """Train, and export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    parser.add_argument("--out", type=Path, default=HERE.parent / "build/training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--temperatures", type=float, nargs=2, default=(1.0, 1.0), metavar=("SCORES", "VERDICT"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    net = train(args.shared, args.out, seed=args.seed, device=args.device)
    export(net, args.out, temperatures=tuple(args.temperatures))
    shutil.copyfile(args.shared / "models/tokenizer.json", args.out / "tokenizer.json")
    sys.stderr.write(
        f"{args.out}: vector.onnx, pair.onnx, weights.bin and tokenizer.json are what the product loads.\n"
    )


if __name__ == "__main__":
    main()
