"""Examples → weights: train the network in stages, on a CPU or a GPU, and go on after an interruption."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training import network as nets
from training.examples import SCORES, VERDICTS, Example

LONGEST = 192


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


def batches(lengths: Sequence[int], size: int, rng: random.Random) -> list[list[int]]:
    """Shuffle into batches of rows of like length, so that little is padded. Returns places, in random order."""
    places = list(range(len(lengths)))
    rng.shuffle(places)
    found = []
    chunk = size * 60
    for start in range(0, len(places), chunk):
        near = sorted(places[start : start + chunk], key=lambda place: lengths[place])
        found += [near[at : at + size] for at in range(0, len(near), size)]
    rng.shuffle(found)
    return found


def padded(rows_of_ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Lay rows of pieces out as ids and mask, (b, n)."""
    width = max(map(len, rows_of_ids))
    ids = torch.full((len(rows_of_ids), width), nets.PAD)
    mask = torch.zeros((len(rows_of_ids), width), dtype=torch.long)
    for at, row in enumerate(rows_of_ids):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return ids, mask


def loss_of(logits: Tensor, right: Tensor, weights: Tensor) -> Tensor:
    """Cross entropy where any of several labels may be right. logits, right: (b, k). Rows without one count 0."""
    known = right.sum(1) > 0
    if not known.any():
        return logits.sum() * 0.0
    smooth = 0.05
    log = functional.log_softmax(logits[known].float(), dim=1)
    chosen = torch.logsumexp(log.masked_fill(right[known] == 0, -1e9), dim=1)
    spread = (1 - smooth) * chosen + smooth * log.mean(1)
    return -(spread * weights[known]).sum() / len(logits)


class Trainer:
    """Weights in float32 with a bfloat16 copy that computes, and AdamW's state."""

    def __init__(self, start: nets.Network, *, device: str) -> None:
        self.device = device
        self.net = start.to(device=device, dtype=torch.bfloat16)
        frozen = ("words", "positions", "norm", "exit", *(f"layers.{place}." for place in range(nets.FROZEN)))
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
        self.step = 0

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
        self.step += 1

    def weights(self) -> nets.Network:
        """Return a float32 network with the weights as they are now."""
        whole = nets.Network(self.net.words.num_embeddings)
        state = {name: value.float().cpu() for name, value in self.net.state_dict().items()}
        state.update({name: m.detach().cpu() for (name, _), m in zip(self.learning, self.masters, strict=True)})
        whole.load_state_dict(state)
        return whole

    def keep(self, path: Path, done: int) -> None:
        fresh = path.with_suffix(".part")
        torch.save(
            {"done": done, "step": self.step, "masters": self.masters, "optimizer": self.optimizer.state_dict()},
            fresh,
        )
        fresh.replace(path)

    def resume(self, path: Path) -> int:
        kept = torch.load(path, weights_only=True)
        for (_, p), master, old in zip(self.learning, self.masters, kept["masters"], strict=True):
            master.data.copy_(old)
            p.data.copy_(old)
        self.optimizer.load_state_dict(kept["optimizer"])
        self.step = kept["step"]
        return kept["done"]


def run_stage(
    name: str,
    trainer: Trainer,
    data: Sequence[Row],
    *,
    out: Path,
    size: int,
    rate: float,
    seed: int,
    warm: int = 100,
    floor: float = 0.0,
) -> None:
    """Go once through the data. The rate rises over `warm` batches and falls to floor * rate at the end."""
    order = batches([len(row.ids) for row in data], size, random.Random(f"{seed}-{name}"))
    kept = out / f"{name}.resume"
    done = trainer.resume(kept) if kept.exists() else 0
    began, tokens, total = time.time(), 0, 0.0
    for at, places in enumerate(order[done:], start=done):
        chosen = [data[place] for place in places]
        ids, mask = padded([row.ids for row in chosen])
        scores, verdicts = trainer.net.pair(ids.to(trainer.device), mask.to(trainer.device))
        weights = torch.tensor([row.weight for row in chosen], device=trainer.device)
        loss = loss_of(
            scores, torch.tensor([row.scores for row in chosen], device=trainer.device), torch.ones_like(weights)
        )
        loss = loss + loss_of(
            verdicts, torch.tensor([row.verdicts for row in chosen], device=trainer.device), weights
        )
        share = at / len(order)
        trainer.learn(loss, rate * min(1.0, (at + 1) / warm) * (floor + (1 - floor) * (1 - share)))
        tokens += ids.numel()
        total = 0.98 * total + 0.02 * float(loss.detach()) if total else float(loss.detach())
        if at % 50 == 0:
            sys.stderr.write(
                f"{name} {at}/{len(order)} loss {total:.3f} {tokens / (time.time() - began):.0f} pieces/s\n"
            )
        if at % 500 == 499:
            trainer.keep(kept, at + 1)
    kept.unlink(missing_ok=True)
