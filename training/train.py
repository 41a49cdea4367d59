"""Examples → weights: train the network in stages, on a CPU or a GPU, and go on after an interruption."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from monitor.records import UNRELATED
from training import network as nets
from training.examples import SCORES, VERDICTS, Example

LONGEST = 192
ROOM = 8192  # pieces of a batch, about a hundred pairs
CHUNK = 4096  # rows among which those of like length are put together
SMOOTH = 0.05  # of each label's share is spread over all labels
RIVALRY = 0.5  # what telling the claims of a sentence apart counts, beside what each pair counts
WARM = 0.06  # the share of a stage over which the rate rises
KEPT_EVERY = 500  # batches


@dataclass(frozen=True, slots=True)
class Row:
    """An example as numbers: pieces, and which labels of each output are right (all zero: no opinion)."""

    ids: list[int]
    scores: list[float]
    verdicts: list[float]
    weight: float


class Pieces:
    """Texts → pieces, laid out as the product lays them out: sentence, claim, and what stands around."""

    def __init__(self, path: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def pair(self, premise: str, hypothesis: str, context: str = "") -> list[int]:
        """Return the pieces of a pair, cut to LONGEST: the context gives way first, then the sentence."""
        first, second, third = (
            item.ids
            for item in self.tokenizer.encode_batch([premise, hypothesis, context], add_special_tokens=False)
        )
        second = second[: LONGEST // 2]
        first = first[: LONGEST - 4 - len(second)]
        third = third[: max(0, min(64, LONGEST - 6 - len(second) - len(first)))]
        ids = [0, *first, 2, 2, *second, 2]
        return [*ids, 2, *third, 2] if third else ids

    def text(self, text: str) -> list[int]:
        """Return the pieces of one text, cut to 128."""
        return [0, *self.tokenizer.encode(text, add_special_tokens=False).ids[:126], 2]


def rows(examples: Sequence[Example], pieces: Pieces) -> list[Row]:
    """Turn examples into numbers."""
    return [
        Row(
            pieces.pair(e.premise, e.hypothesis, e.context),
            [float(label in e.scores) for label in SCORES],
            [float(label in e.verdicts) for label in VERDICTS],
            e.weight,
        )
        for e in examples
    ]


def batches(groups: Sequence[Sequence[int]], room: int, rng: random.Random) -> list[list[int]]:
    """Shuffle into batches of groups of like length, so that little is padded. Returns places, in random order.

    groups: the lengths of the rows of each group, which stay together. room: pieces of a batch, padding
    included; a larger group is a batch of its own.
    """
    longest = [max(group) for group in groups]
    places = list(range(len(groups)))
    rng.shuffle(places)
    found = []
    for start in range(0, len(places), CHUNK):
        batch: list[int] = []
        held = 0
        for place in sorted(places[start : start + CHUNK], key=lambda place: longest[place]):
            if batch and (held + len(groups[place])) * longest[place] > room:
                found.append(batch)
                batch, held = [], 0
            batch.append(place)
            held += len(groups[place])
        found.append(batch)
    rng.shuffle(found)
    return found


def padded(rows_of_ids: Sequence[Sequence[int]], device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
    """Lay rows of pieces out as ids and mask, (b, n), on a device."""
    width = max(map(len, rows_of_ids))
    ids = torch.full((len(rows_of_ids), width), nets.PAD)
    mask = torch.zeros((len(rows_of_ids), width), dtype=torch.long)
    for at, row in enumerate(rows_of_ids):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return ids.to(device), mask.to(device)


def loss_of(logits: Tensor, right: Tensor, weights: Tensor) -> Tensor:
    """Cross entropy where any of several labels may be right. logits, right: (b, k). Rows without one count 0.

    The sum over the rows, since batches hold more rows the shorter these are.
    """
    log = functional.log_softmax(logits.float(), dim=1)
    chosen = torch.logsumexp(log.masked_fill(right == 0, -1e9), dim=1)
    spread = (1 - SMOOTH) * chosen + SMOOTH * log.mean(1)
    return -(torch.where(right.sum(1) > 0, spread, 0.0) * weights).sum()


def rivalry(logits: Tensor, right: Tensor, sizes: Sequence[int]) -> Tensor:
    """Return the loss of telling apart the claims that stand beside one sentence: a softmax over them and none.

    logits, right: (b, 5), of the verdict; sizes: how many rows each sentence has, one after the other. This is
    what monitor/judge/about.py makes of the verdicts: the log-odds of having anything to do with a claim are held
    against those of the claims that the sentence does not bear on. A sum; a row alone has no rivals, and counts 0.
    """
    none = VERDICTS.index(UNRELATED)
    others = [place for place in range(len(VERDICTS)) if place != none]
    odds = torch.logsumexp(logits[:, others].float(), 1) - logits[:, none].float()
    lost = odds.new_zeros(())
    for own, bears in zip(odds.split(list(sizes)), (right[:, none] == 0).split(list(sizes)), strict=True):
        if len(own) > 1:
            rivals = torch.logsumexp(torch.cat([own[~bears], own.new_zeros(1)]), 0)
            lost = lost + ((torch.logaddexp(own[bears], rivals) - own[bears]).sum() if bears.any() else rivals)
    return lost


class Trainer:
    """Weights in float32 with a bfloat16 copy that computes, and AdamW's state."""

    def __init__(self, start: nets.Network, *, device: str, dropout: float, above: int = 0) -> None:
        self.device = device
        self.net = start.to(device=device, dtype=torch.bfloat16).train()
        for module in self.net.modules():
            if isinstance(module, nn.Dropout):
                module.p = dropout
        frozen: tuple[str, ...] = ("words", "exit")  # word vectors ship in 4 bits, as they came
        if above:  # the layers below, and what they stand on, stay as they are
            frozen += ("positions", "norm.", *(f"layers.{layer}." for layer in range(above)))
        self.learning = [(name, p) for name, p in self.net.named_parameters() if not name.startswith(frozen)]
        for name, p in self.net.named_parameters():
            p.requires_grad_(not name.startswith(frozen))
        self.masters = [p.detach().float().clone().requires_grad_() for _, p in self.learning]
        decays = [m for m in self.masters if m.dim() > 1]
        plain = [m for m in self.masters if m.dim() == 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decays, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}],
            lr=0.0,
            betas=(0.9, 0.98),
            fused=True,
        )

    def learn(self, loss: Tensor, rate: float) -> None:
        loss.backward()
        for (_, p), master in zip(self.learning, self.masters, strict=True):
            master.grad = None if p.grad is None else p.grad.float()
            p.grad = None
        torch.nn.utils.clip_grad_norm_([m for m in self.masters if m.grad is not None], 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_copy_([p for _, p in self.learning], self.masters)

    def weights(self) -> nets.Network:
        """Return a float32 network with the weights as they are now."""
        state = {name: value.float().cpu() for name, value in self.net.state_dict().items()}
        state.update({name: m.detach().cpu() for (name, _), m in zip(self.learning, self.masters, strict=True)})
        return nets.from_state(state)

    def keep(self, path: Path, done: tuple[int, int]) -> None:
        fresh = path.with_suffix(".part")
        torch.save(
            {"done": done, "masters": self.masters, "optimizer": self.optimizer.state_dict()},
            fresh,
        )
        fresh.replace(path)

    def resume(self, path: Path) -> tuple[int, int]:
        kept = torch.load(path, weights_only=True)
        for (_, p), master, old in zip(self.learning, self.masters, kept["masters"], strict=True):
            master.data.copy_(old)
            p.data.copy_(old)
        self.optimizer.load_state_dict(kept["optimizer"])
        number, batch = kept["done"]
        return number, batch


def run_stage(
    name: str,
    trainer: Trainer,
    rounds: Sequence[Callable[[], Sequence[Sequence[Row]]]],
    *,
    out: Path,
    rate: float,
    seed: int,
) -> None:
    """Go once through each round. The rate rises over the first WARM of the stage and falls to 0 at its end.

    rounds: each gives groups of rows; those of a group are one sentence beside claims that compete for it.
    """
    kept = out / f"{name}.resume"
    first, done = trainer.resume(kept) if kept.exists() else (0, 0)
    for number in range(first, len(rounds)):
        data = rounds[number]()
        lengths = [[len(row.ids) for row in group] for group in data]
        order, shown = batches(lengths, ROOM, random.Random(f"{seed}-{name}-{number}")), sum(map(len, data))
        began, pieces, total = time.time(), 0, 0.0
        for at, places in enumerate(order[done:], start=done):
            loss = _loss(trainer, [data[place] for place in places]) * len(order) / shown
            share = (number + at / len(order)) / len(rounds)
            trainer.learn(loss, rate * min((share + 1e-4) / WARM, 1 - share))
            pieces += sum(sum(lengths[place]) for place in places)
            total = 0.98 * total + 0.02 * float(loss.detach()) if total else float(loss.detach())
            if at % 50 == 0:
                speed = pieces / (time.time() - began)
                sys.stderr.write(f"{name} {number} {at}/{len(order)} loss {total:.3f} {speed:.0f} pieces/s\n")
            if at % KEPT_EVERY == KEPT_EVERY - 1:
                trainer.keep(kept, (number, at + 1))
        done = 0
    kept.unlink(missing_ok=True)


def _loss(trainer: Trainer, groups: Sequence[Sequence[Row]]) -> Tensor:
    chosen = [row for group in groups for row in group]

    def numbers(values: object) -> Tensor:
        return torch.tensor(values, device=trainer.device)

    scores, verdicts = trainer.net.pair(*padded([row.ids for row in chosen], trainer.device))
    weights, right = numbers([row.weight for row in chosen]), numbers([row.verdicts for row in chosen])
    told = loss_of(scores, numbers([row.scores for row in chosen]), torch.ones_like(weights))
    told = told + loss_of(verdicts, right, weights)
    return told + RIVALRY * rivalry(verdicts, right, [len(group) for group in groups])
