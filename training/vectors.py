"""Texts → the exit: teach a vector that leaves after a few layers to say what the vector of all twelve says."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training import network as nets
from training.stories import Story
from training.train import Pieces, batches, padded

SHARPNESS = 0.05  # temperature of the contrast between a sentence and the claims of its batch
BEARINGS = 48  # sentences, claims and other texts in a step of it, each so many
FAR, NEAR = (
    0.02,
    0.45,
)  # the cosines that pairs of different stories should stay below, and that belong together above
GROUP = 34
FOLLOWED_AT_ONCE = 2048  # pieces of a batch that follows the teacher


@dataclass(frozen=True, slots=True)
class Bearing:
    """A sentence that bears on a claim, and the claim in each of its wordings."""

    story: str
    sentence: str
    wordings: tuple[str, ...]


def teacher_vectors(net: nets.Network, texts: Sequence[str], pieces: Pieces, *, size: int = 64) -> Tensor:
    """Return (n, 384) vectors of length 1 as all layers of the start weights make them, one a text."""
    ids = [pieces.text(text) for text in texts]
    found = torch.empty(len(texts), nets.WIDTH)
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    net = net.to(torch.bfloat16)
    with torch.no_grad():
        for at in range(0, len(order), size):
            places = order[at : at + size]
            found[places] = net.teacher(*padded([ids[place] for place in places], _device(net))).float().cpu()
    return found


def evidence(stories: Sequence[Story]) -> list[Bearing]:
    """Return each labelled sentence with the wordings of its claim, and each claim with its other wordings."""
    found = []
    for story in stories:
        claims = {claim.id: claim for claim in story.claims}
        for article in story.articles:
            found += [
                Bearing(story.name, article.sentences[place], tuple(claims[claim].wordings.values()))
                for place, claim in article.labels
            ]
        for claim in story.claims:
            first, *others = claim.wordings.values()
            if others:
                found.append(Bearing(story.name, first, tuple(others)))
    return found


def follow_teacher(
    net: nets.Network,
    texts: Sequence[str],
    teacher: Tensor,
    pieces: Pieces,
    *,
    rounds: int,
    rate: float,
    seed: int,
) -> None:
    """Train the exit in place to give each text the teacher's vector. teacher: (n, 384), one a text."""
    ids = [pieces.text(text) for text in texts]
    rng = random.Random(seed)
    steps = [batch for _ in range(rounds) for batch in batches([[len(row)] for row in ids], FOLLOWED_AT_ONCE, rng)]

    def loss(step: int) -> Tensor:
        mine, theirs = _embed(net, [ids[place] for place in steps[step]]), teacher[steps[step]].to(_device(net))
        return (1 - (mine * theirs).sum(1)).mean() + 4 * functional.mse_loss(mine @ mine.T, theirs @ theirs.T)

    _train_exit(net, loss, steps=len(steps), rate=rate)


def tell_apart(
    net: nets.Network,
    bearings: Sequence[Bearing],
    others: Sequence[str],
    teacher: Tensor,
    pieces: Pieces,
    *,
    steps: int,
    rate: float,
    seed: int,
) -> None:
    """Train the exit in place: sentences near the claim they bear on, far from other stories and from the rest.

    others: texts on all kinds of things, with their teacher's vectors (n, 384), so that the rest is not forgotten.
    Claims of the same story are left out of the comparison: those are for the pair score to tell apart.
    """
    rng = random.Random(seed)

    def loss(_step: int) -> Tensor:
        drawn = rng.sample(bearings, BEARINGS)
        places = rng.sample(range(len(others)), BEARINGS)
        texts = [b.sentence for b in drawn] + [rng.choice(b.wordings) for b in drawn] + [others[p] for p in places]
        vectors = _embed(net, [pieces.text(text) for text in texts])
        sentences, claims, rest = vectors.split(BEARINGS)
        names = [b.story for b in drawn]
        foreign = torch.tensor([[one != other for other in names] for one in names], device=_device(net))
        near, far = sentences @ claims.T, claims @ rest.T
        hidden = ~foreign & ~torch.eye(BEARINGS, dtype=torch.bool, device=_device(net))
        right = torch.arange(BEARINGS, device=_device(net))
        forth = (near / SHARPNESS).masked_fill(hidden, -1e4)
        back = torch.cat([(near.T / SHARPNESS).masked_fill(hidden, -1e4), far / SHARPNESS], dim=1)
        told = 0.5 * (functional.cross_entropy(forth, right) + functional.cross_entropy(back, right))
        # One threshold serves all claims, so levels count too, not just the order.
        apart = torch.cat([near[foreign], far.flatten()])
        level = 40 * functional.relu(apart - FAR).square().mean()
        level = level + 2 * functional.relu(NEAR - near.diagonal()).square().mean()
        return told + level + 0.3 * (1 - (rest * teacher[places].to(_device(net))).sum(1)).mean()

    _train_exit(net, loss, steps=steps, rate=rate)


def _train_exit(net: nets.Network, loss: Callable[[int], Tensor], *, steps: int, rate: float) -> None:
    net.to(torch.bfloat16)
    learning = [p.requires_grad_() for p in net.exit.parameters()]
    masters = [p.detach().float().clone().requires_grad_() for p in learning]
    optimizer = torch.optim.AdamW(masters, lr=rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    for step in range(steps):
        value = loss(step)
        value.backward()  # type: ignore[no-untyped-call]  # PyTorch states no types for it
        for p, master in zip(learning, masters, strict=True):
            master.grad, p.grad = (None if p.grad is None else p.grad.float()), None
        torch.nn.utils.clip_grad_norm_(masters, 1.0)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 40) * (1 - step / steps)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_copy_(learning, masters)
        if step % 50 == 0:
            sys.stderr.write(f"exit {step}/{steps} loss {float(value.detach()):.3f}\n")
    net.float()
    with torch.no_grad():
        torch._foreach_copy_(list(net.exit.parameters()), masters)


def _embed(net: nets.Network, ids: Sequence[Sequence[int]]) -> Tensor:
    """Return the vectors of rows of pieces, computed in groups of like length, so that little is padded."""
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    groups = [order[at : at + GROUP] for at in range(0, len(order), GROUP)]
    found = torch.cat([_group(net, [ids[place] for place in group]) for group in groups])
    return found[torch.tensor(order, device=found.device).argsort()]


def _group(net: nets.Network, ids: Sequence[Sequence[int]]) -> Tensor:
    rows, mask = padded(ids, _device(net))
    with torch.no_grad():
        hidden, bias = net.front(rows, mask, nets.EXIT)
    return net.vector(hidden, mask, bias).float()


def _device(net: nets.Network) -> torch.device:
    return net.words.weight.device
