"""Pieces → vector, scores, verdict: the network that is trained, in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, INNER, LAYERS = 384, 12, 1536, 12
EXIT = 8  # the vector leaves after this many layers, through one of its own
POSITIONS = 512
PAD = 1


class Block(nn.Module):
    """One layer of BERT: attention and feed-forward, each followed by the sum and its norm."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(0.0)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """Return the states after this layer. hidden: (b, n, WIDTH); bias: (b, 1, 1, n), 0 or very low."""
        query, keys, values = self._heads(hidden)
        return self._settled(hidden, _attention(query, keys, values, bias))

    def first(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """Return (b, WIDTH), the state of the first piece alone after this layer: a quarter of the work."""
        query, keys, values = self._heads(hidden)
        return self._settled(hidden[:, :1], _attention(query[:, :, :1], keys, values, bias))[:, 0]

    def _heads(self, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        rows, length, _ = hidden.shape
        qkv = self.qkv(hidden).view(rows, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        return qkv[0], qkv[1], qkv[2]

    def _settled(self, hidden: Tensor, mixed: Tensor) -> Tensor:
        mixed = mixed.transpose(1, 2).reshape(hidden.shape)
        hidden = self.attention_norm(hidden + self.drop(self.out(mixed)))
        return self.norm(hidden + self.drop(self.down(functional.gelu(self.up(hidden)))))


def _attention(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    if query.is_cuda:
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    # Written out: PyTorch's fused attention takes five times as long backwards on a CPU at these lengths.
    weights = torch.softmax(query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + bias, dim=-1)
    return weights @ value


class Network(nn.Module):
    """The whole: word vectors, twelve layers, an exit for the vector and two outputs for a pair."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Block() for _ in range(LAYERS))
        self.exit = Block()  # turns the states after EXIT layers into something that can be averaged
        self.pooler = nn.Linear(WIDTH, WIDTH)
        self.scores = nn.Linear(WIDTH, 3)
        self.verdict = nn.Linear(WIDTH, 5)
        self.drop = nn.Dropout(0.0)

    def front(self, ids: Tensor, mask: Tensor, layers: int) -> tuple[Tensor, Tensor]:
        """Return the states after some layers and the attention bias. ids, mask: (b, n) integers."""
        place = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.drop(self.norm(self.words(ids) + self.positions(place)))
        bias = (1 - mask[:, None, None, :].to(hidden.dtype)) * -1e4
        for layer in self.layers[:layers]:
            hidden = layer(hidden, bias)
        return hidden, bias

    def vector(self, hidden: Tensor, mask: Tensor, bias: Tensor) -> Tensor:
        """Return (b, WIDTH) vectors of length 1 from the states after EXIT layers."""
        return _mean(self.exit(hidden, bias), mask)

    def pooled(self, hidden: Tensor, bias: Tensor, after: int) -> Tensor:
        """Return what both pair outputs read, (b, WIDTH), from the states after that many layers."""
        for layer in self.layers[after:-1]:
            hidden = layer(hidden, bias)
        return self.drop(torch.tanh(self.pooler(self.layers[-1].first(hidden, bias))))

    def pair(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of the scores (b, 3) and of the verdict (b, 5)."""
        pooled = self.pooled(*self.front(ids, mask, LAYERS - 1), LAYERS - 1)
        return self.scores(pooled), self.verdict(pooled)

    def teacher(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the vector of all twelve layers, as the start weights make it."""
        hidden, _ = self.front(ids, mask, LAYERS)
        return _mean(hidden, mask)


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = mask[:, :, None].to(hidden.dtype)
    return functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)


def from_start(folder: Path) -> Network:
    """Load the start weights: model.safetensors (Hugging Face's names for BERT) and verdict_head.pt."""
    old = {
        name.removeprefix("bert."): value.float()
        for name, value in load_file(folder / "model.safetensors").items()
    }
    new = {
        "words.weight": old["embeddings.word_embeddings.weight"],
        # There is one kind of segment, so its vector can as well be part of the positions.
        "positions.weight": old["embeddings.position_embeddings.weight"]
        + old["embeddings.token_type_embeddings.weight"][0],
        **_copied("norm", old, "embeddings.LayerNorm"),
        **_copied("pooler", old, "pooler.dense"),
        **_copied("scores", old, "classifier"),
    }
    for place in range(LAYERS):
        new.update(_block(f"layers.{place}", old, f"encoder.layer.{place}"))
    # The exit begins as the last layer, which made the vector so far.
    new.update(_block("exit", old, f"encoder.layer.{LAYERS - 1}"))
    head = torch.load(folder / "verdict_head.pt", weights_only=True)
    new.update({f"verdict.{name.rsplit('.', 1)[-1]}": value.float() for name, value in head.items()})
    return from_state(new)


def _copied(new: str, old: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    return {f"{new}.{part}": old[f"{name}.{part}"] for part in ("weight", "bias")}


def _block(new: str, old: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    attention = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    return {
        f"{new}.qkv.weight": torch.cat([old[f"{part}.weight"] for part in attention]),
        f"{new}.qkv.bias": torch.cat([old[f"{part}.bias"] for part in attention]),
        **_copied(f"{new}.out", old, f"{name}.attention.output.dense"),
        **_copied(f"{new}.attention_norm", old, f"{name}.attention.output.LayerNorm"),
        **_copied(f"{new}.up", old, f"{name}.intermediate.dense"),
        **_copied(f"{new}.down", old, f"{name}.output.dense"),
        **_copied(f"{new}.norm", old, f"{name}.output.LayerNorm"),
    }


def average(paths: Sequence[Path]) -> Network:
    """Return the mean of several networks trained from one start (a "model soup": Wortsman and others, 2022)."""
    states = [load(path).state_dict() for path in paths]
    return from_state({name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]})


def from_state(state: Mapping[str, Tensor]) -> Network:
    """Return a network with these weights, by the names of its parts."""
    network = Network(len(state["words.weight"]))
    network.load_state_dict(state)
    return network


def save(network: Network, path: Path) -> None:
    """Write the weights as float16, whole or not at all."""
    fresh = path.with_suffix(".part")
    save_file(
        {name: value.detach().half().cpu().contiguous() for name, value in network.state_dict().items()}, fresh
    )
    fresh.replace(path)


def load(path: Path) -> Network:
    """Read what save() wrote, as float32."""
    return from_state({name: value.float() for name, value in load_file(path).items()})
