"""Weights → vector.onnx, pair.onnx and weights.bin: the graphs that the product loads, small and fast on a CPU."""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnx.utils
import torch
from numpy.typing import NDArray
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional

from training import network as nets
from training.stories import one_round, training_stories
from training.train import Pieces, padded, rows

BLOCK = 32  # word vectors share a scale in blocks, as they already did where they came from
# A runtime computes a graph as a whole, so what leaves early is a graph of its own. Both read the same numbers.
GRAPHS = {"vector.onnx": ["embedding"], "pair.onnx": ["scores", "verdict"]}
NUMBERS = "weights.bin"
INPUTS = ["input_ids", "attention_mask"]
SAMPLED = 300  # pairs on which the ranges of the activations are measured
SMOOTHING = 0.8  # how much of an outlier moves from the activations into the weights: 0 none, 1 all


class Exported(nn.Module):
    """The network as the graph holds it: word vectors in 4 bits, probabilities instead of logits.

    temperatures: what the logits of scores and verdict are divided by, so that a probability can be believed.
    """

    def __init__(self, net: nets.Network, *, temperatures: tuple[float, float]) -> None:
        super().__init__()
        self.net, self.temperatures = net, temperatures
        packed, scales = pack(net.words.weight.detach().numpy())
        self.packed = nn.Parameter(torch.from_numpy(packed), requires_grad=False)
        self.scales = nn.Parameter(torch.from_numpy(scales), requires_grad=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the vector (b, 384), the scores (b, 3) and the verdict (b, 5)."""
        words = self.unpacked(input_ids)
        place = torch.arange(input_ids.shape[1])
        hidden = self.net.norm(words + self.net.positions(place))
        bias = (1 - attention_mask[:, None, None, :].float()) * -1e4
        for layer in self.net.layers[: nets.EXIT]:
            hidden = layer(hidden, bias)
        vector = self.net.vector(hidden, attention_mask, bias)
        pooled = self.net.pooled(hidden, bias, nets.EXIT)
        scores = functional.softmax(self.net.scores(pooled) / self.temperatures[0], dim=-1)
        verdict = functional.softmax(self.net.verdict(pooled) / self.temperatures[1], dim=-1)
        return vector, scores, verdict

    def unpacked(self, ids: Tensor) -> Tensor:
        """Look word vectors up: two 4-bit numbers a byte, the first half of the width in the low ones."""
        rows, scales = self.packed[ids], self.scales[ids]
        low, high = torch.bitwise_and(rows, torch.tensor(15, dtype=torch.uint8)), rows >> 4
        whole = torch.cat([low, high], dim=-1).float() - 8.0
        blocks = whole.reshape(ids.shape[0], ids.shape[1], nets.WIDTH // BLOCK, BLOCK)
        return (blocks * scales[..., None]).reshape(ids.shape[0], ids.shape[1], nets.WIDTH)


class Smoothed(nn.Module):
    """A layer whose input is evened out by channel, so that 8 bits hold it; its weights make up for it."""

    def __init__(self, linear: nn.Linear, highest: Tensor) -> None:
        """highest: (inputs,), the largest absolute value that each input takes."""
        super().__init__()
        largest = linear.weight.detach().abs().amax(0).clamp(min=1e-5)
        scales = highest.clamp(min=1e-5) ** SMOOTHING / largest ** (1 - SMOOTHING)
        scales = scales / scales.median()
        self.linear = nn.Linear(linear.in_features, linear.out_features)
        self.linear.load_state_dict({"weight": linear.weight * scales, "bias": linear.bias})
        self.inverse = nn.Parameter(1 / scales, requires_grad=False)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.linear(inputs * self.inverse)


def smooth(net: nets.Network, sample: Sequence[Sequence[int]]) -> None:
    """Even out the activations of every layer in place (SmoothQuant, Xiao and others, 2023).

    A runtime takes one scale for all activations of a row, and some channels are twenty times as large as others.
    sample: rows of pieces on which the ranges are measured.
    """
    highest: dict[nn.Linear, Tensor] = {}

    def note(layer: nn.Linear, inputs: tuple[Tensor, ...], _output: Tensor) -> None:
        seen = inputs[0].abs().amax((0, 1))
        highest[layer] = torch.maximum(highest.get(layer, seen), seen)

    blocks = [*net.layers, net.exit]
    layers = [(block, name) for block in blocks for name in ("qkv", "out", "up", "down")]
    hooks = [getattr(block, name).register_forward_hook(note) for block, name in layers]
    with torch.no_grad():
        for row in sample:
            ids, mask = padded([row])
            hidden, bias = net.front(ids, mask, nets.EXIT)
            net.vector(hidden, mask, bias)
            net.pooled(hidden, bias, nets.EXIT)
    for hook in hooks:
        hook.remove()
    for block, name in layers:
        setattr(block, name, Smoothed(getattr(block, name), highest[getattr(block, name)]))


def sample_pairs(shared: Path) -> list[list[int]]:
    """Draw pairs of stories that train, as rows of pieces."""
    rng = random.Random(1)
    drawn = [
        example for story in training_stories(shared) for beside in one_round(story, rng) for example in beside
    ]
    return [row.ids for row in rows(rng.sample(drawn, SAMPLED), Pieces(shared / "models/tokenizer.json"))]


def pack(words: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Pack word vectors (v, 384) into 4 bits. Returns (v, 192) bytes and (v, 12) scales.

    The number furthest from zero becomes -8 times the scale, as in the weights these come from: nothing is lost.
    """
    blocks = words.reshape(-1, BLOCK)
    far = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(axis=1)]
    scales = np.where(far == 0, 1.0, far / -8.0).astype(np.float32)
    whole = (np.clip(np.round(blocks / scales[:, None]), -8, 7) + 8).astype(np.uint8).reshape(len(words), -1)
    half = whole.shape[1] // 2
    return whole[:, :half] | (whole[:, half:] << 4), scales.reshape(len(words), -1)


def export(
    net: nets.Network,
    folder: Path,
    sample: Sequence[Sequence[int]],
    *,
    temperatures: tuple[float, float] = (1.0, 1.0),
) -> None:
    """Write both graphs and their numbers: 8-bit matrices, 4-bit word vectors, float32 for what is left.

    sample: rows of pieces as the network will meet them. The network is changed on the way, but not what it says.
    """
    net = net.float().cpu().eval()
    smooth(net, sample)
    module = Exported(net, temperatures=temperatures).eval()
    ids = torch.tensor([[0, 5, 6, 2]])
    outputs = [name for names in GRAPHS.values() for name in names]
    with tempfile.TemporaryDirectory() as scratch:
        plain, small = Path(scratch) / "plain.onnx", Path(scratch) / "small.onnx"
        with torch.no_grad():
            torch.onnx.export(
                module,
                (ids, torch.ones_like(ids)),
                plain,
                dynamo=False,
                opset_version=18,
                input_names=INPUTS,
                output_names=outputs,
                dynamic_axes={name: {0: "batch", 1: "length"} for name in INPUTS},
            )
        graph = onnx.load(plain)
        heads = [node.name for node in graph.graph.node if _is_head(node, graph)]
        quantize_dynamic(
            plain,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            nodes_to_exclude=heads,
            extra_options={"MatMulConstBOnly": True},
        )
        whole = onnx.load(small)
    numbers = bytearray()
    places: dict[str, int] = {}
    for name, wanted in GRAPHS.items():
        part = onnx.utils.Extractor(whole).extract_model(INPUTS, wanted)
        for tensor in part.graph.initializer:
            _move_out(tensor, numbers, places)
        onnx.save(part, folder / name)
    (folder / NUMBERS).write_bytes(numbers)


def _move_out(tensor: onnx.TensorProto, numbers: bytearray, places: dict[str, int]) -> None:
    """Put the numbers of a tensor into the common file, once, and leave a note of where they are."""
    data = onnx.numpy_helper.to_array(tensor).tobytes()
    if len(data) < 1024:
        return
    if tensor.name not in places:
        numbers.extend(bytes(-len(numbers) % 64))
        places[tensor.name] = len(numbers)
        numbers.extend(data)
    tensor.raw_data = data
    set_external_data(tensor, NUMBERS, offset=places[tensor.name], length=len(data))
    tensor.ClearField("raw_data")


def _is_head(node: onnx.NodeProto, graph: onnx.ModelProto) -> bool:
    widths = {init.name: init.dims[-1] for init in graph.graph.initializer if init.dims}
    return any(widths.get(name) in (3, 5) for name in node.input)


def main() -> None:
    """Export one file of weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--temperatures", type=float, nargs=2, default=(1.0, 1.0), metavar=("SCORES", "VERDICT"))
    args = parser.parse_args()
    export(nets.load(args.weights), args.out, sample_pairs(args.shared), temperatures=tuple(args.temperatures))


if __name__ == "__main__":
    main()
