"""Texts → the exit: teach a vector that leaves after a few layers to say what the vector of all twelve says."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from training import network as nets
from training.stories import Story
from training.train import Pieces, batches, padded

SHARPNESS = 0.05  # temperature of the contrast between a sentence and the claims of its batch


def teacher_vectors(net: nets.Network, texts: Sequence[str], pieces: Pieces, *, size: int = 64) -> Tensor:
    """Return (n, 384) vectors of length 1 as all layers of the start weights make them, one a text."""
    ids = [pieces.text(text) for text in texts]
    found = torch.empty(len(texts), nets.WIDTH)
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    net = net.to(torch.bfloat16)
    with torch.no_grad():
        for at in range(0, len(order), size):
            places = order[at : at + size]
            found[places] = net.teacher(*padded([ids[place] for place in places])).float()
    return found


def exit_vectors(net: nets.Network, texts: Sequence[str], pieces: Pieces, *, size: int = 64) -> Tensor:
    """Return (n, 384) vectors of length 1 as they leave after the first layers."""
    ids = [pieces.text(text) for text in texts]
    found = torch.empty(len(texts), nets.WIDTH)
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    with torch.no_grad():
        for at in range(0, len(order), size):
            places = order[at : at + size]
            rows, mask = padded([ids[place] for place in places])
            hidden, bias = net.front(rows, mask)
            found[places] = net.vector(hidden, mask, bias).float()
    return found


def evidence_pairs(stories: Sequence[Story]) -> list[tuple[str, str]]:
    """Return labelled sentences with each wording of their claim, and the wordings of a claim with each other."""
    pairs = []
    for story in stories:
        claims = {claim.id: claim for claim in story.claims}
        for article in story.articles:
            for place, claim in article.labels:
                pairs += [(article.sentences[place], wording) for wording in claims[claim].wordings.values()]
        for claim in story.claims:
            pairs += [(claim.text, wording) for wording in claim.wordings.values() if wording != claim.text]
    return pairs


def train_exit(
    net: nets.Network,
    texts: Sequence[str],
    teacher: Tensor,
    pairs: Sequence[tuple[str, str]],
    pieces: Pieces,
    *,
    rounds: int,
    rate: float,
    seed: int,
    size: int = 64,
    contrast: float = 0.05,
) -> None:
    """Train the exit in place: near the teacher's vector, and sentences near the claim they bear on.

    teacher: (n, 384), rows in the order of the texts. In a batch of pairs, the other claims are what each is told
    apart from.
    """
    rng = random.Random(seed)
    net.to(torch.bfloat16)
    learning = list(net.exit.parameters())
    for p in learning:
        p.requires_grad_()
    masters = [p.detach().float().clone().requires_grad_() for p in learning]
    optimizer = torch.optim.AdamW(masters, lr=rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    ids = [pieces.text(text) for text in texts]
    steps = [batch for _ in range(rounds) for batch in batches([len(row) for row in ids], size, rng)]
    loss_shown = 0.0
    for at, places in enumerate(steps):
        loss = _away(net, [ids[place] for place in places], teacher[places])
        if pairs:
            chosen = rng.sample(pairs, 32)
            loss = loss + contrast * _contrast(net, chosen, pieces)
        loss.backward()
        for p, master in zip(learning, masters, strict=True):
            master.grad, p.grad = (None if p.grad is None else p.grad.float()), None
        torch.nn.utils.clip_grad_norm_(masters, 1.0)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (at + 1) / 100) * (1 - at / len(steps))
        optimizer.step()
        with torch.no_grad():
            torch._foreach_copy_(learning, masters)
        loss_shown = 0.98 * loss_shown + 0.02 * float(loss.detach()) if at else float(loss.detach())
        if at % 100 == 0:
            sys.stderr.write(f"exit {at}/{len(steps)} loss {loss_shown:.4f}\n")
    net.float()
    with torch.no_grad():
        for p, master in zip(net.exit.parameters(), masters, strict=True):
            p.copy_(master)


def _embed(net: nets.Network, ids: Sequence[Sequence[int]]) -> Tensor:
    rows, mask = padded(ids)
    with torch.no_grad():
        hidden, bias = net.front(rows, mask)
    return net.vector(hidden, mask, bias).float()


def _away(net: nets.Network, ids: Sequence[Sequence[int]], teacher: Tensor) -> Tensor:
    """Distance to the teacher, and to what the teacher says of every two texts of the batch."""
    mine = _embed(net, ids)
    single = (1 - (mine * teacher).sum(1)).mean()
    return single + 4 * functional.mse_loss(mine @ mine.T, teacher @ teacher.T)


def _contrast(net: nets.Network, pairs: Sequence[tuple[str, str]], pieces: Pieces) -> Tensor:
    both = [pieces.text(text) for pair in pairs for text in pair]
    vectors = _embed(net, both)
    logits = vectors[::2] @ vectors[1::2].T / SHARPNESS
    # The same claim may stand in a batch twice, in two wordings: then neither is wrong for the other's sentence.
    right = torch.arange(len(pairs))
    return functional.cross_entropy(logits, right)
