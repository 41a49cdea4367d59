"""vector.onnx, pair.onnx and weights.bin → Network: go on from what ships, where nothing else is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training import network as nets
from training.export import BLOCK


def read_shipped(folder: Path) -> nets.Network:
    """Return the network that was exported into a folder, in float32, as exactly as 8 bits hold it."""
    state: dict[str, Tensor] = {}
    for name in ("vector.onnx", "pair.onnx"):
        graph = onnx.load(folder / name).graph
        numbers = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        state.update(_plain(numbers))
        for node in graph.node:
            # "/layers.0/qkv/linear/MatMul_quant" multiplies; what it reads is named by number alone.
            if node.op_type == "MatMulInteger":
                path = node.name.strip("/").rsplit("/", 1)[0].removesuffix("/linear").replace("/", ".")
                state[f"{path}.weight"] = _whole(numbers, node.input[1], path)
    state["words.weight"] = _words(numbers["packed"], numbers["scales"])
    return nets.from_state(state)


def _plain(numbers: dict[str, np.ndarray]) -> dict[str, Tensor]:
    return {
        name.removeprefix("net.").replace(".linear.bias", ".bias"): torch.from_numpy(value.copy()).float()
        for name, value in numbers.items()
        if name.startswith("net.") and not name.endswith(".inverse") and "Transposed" not in name
    }


def _whole(numbers: dict[str, np.ndarray], name: str, path: str) -> Tensor:
    scale = numbers[name.replace("_quantized", "_scale")]
    whole = numbers[name].astype(np.float32) * scale  # (inputs, outputs)
    inverse = numbers.get(f"net.{path}.inverse")
    if inverse is not None:  # undo Smoothed: its input is multiplied first
        whole = whole * inverse[:, None]
    return torch.from_numpy(np.ascontiguousarray(whole.T))


def _words(packed: np.ndarray, scales: np.ndarray) -> Tensor:
    whole = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    return torch.from_numpy((whole.reshape(len(whole), -1, BLOCK) * scales[:, :, None]).reshape(len(whole), -1))
