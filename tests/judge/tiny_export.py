"""Words and labels → a folder with a real ONNX export, small enough to be made in a test."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = (
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "troops",
    "were",
    "sent",
    "nobody",
    "denied",
    "ministry",
    "the",
    "<",
    "/s>",
)
THREE = ("entailment", "neutral", "contradiction")


def write_export(
    folder: Path,
    *,
    labels: Sequence[str] = THREE,
    graph_path: str = "model.onnx",
    output: str = "logits",
    types: bool = True,
    positions: int = 1000,
    config: Mapping[str, object] | None = None,
    table: NDArray[np.float32] | None = None,
    extra_input: str | None = None,
) -> Path:
    """Write model, tokenizer.json and config.json: logits are the mean over each piece's row of `table`.

    positions: rows that are longer make the network fail, as real ones do.
    """
    graph = folder / graph_path
    graph.parent.mkdir(parents=True, exist_ok=True)
    model = _model(
        len(labels), output=output, types=types, positions=positions, table=table, extra_input=extra_input
    )
    onnx.save(model, graph)
    tokenizer().save(str(folder / "tokenizer.json"))
    named = {str(column): label for column, label in enumerate(labels)}
    (folder / "config.json").write_text(json.dumps({"id2label": named, **(config or {})}), encoding="utf-8")
    return folder


def tokenizer() -> Tokenizer:
    """Words at spaces, and the pair template of the RoBERTa family with type ids."""
    vocabulary = {word: at for at, word in enumerate(WORDS)}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))  # noqa: S106  a piece, no password
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return made


def default_table(columns: int) -> NDArray[np.float32]:
    """Give each piece its own leaning, always the same."""
    places = np.arange(len(WORDS) * columns, dtype=np.float32).reshape(len(WORDS), columns)
    return np.asarray(3 * np.sin(1 + places), dtype=np.float32)


def _model(
    columns: int,
    *,
    output: str,
    types: bool,
    positions: int,
    table: NDArray[np.float32] | None,
    extra_input: str | None,
) -> onnx.ModelProto:
    optional = ["token_type_ids"] if types else []
    names = ["input_ids", "attention_mask", *optional, *([extra_input] if extra_input else [])]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in names]
    pieces = default_table(columns) if table is None else table
    constants = {
        "table": pieces,
        "kinds": np.asarray(np.cos(np.arange(2 * columns)).reshape(2, columns), dtype=np.float32),
        "places": np.zeros((positions, columns), dtype=np.float32),
        "zero": np.array(0),
        "one": np.array(1),
    }
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Shape", ["input_ids"], ["shape"]),
        helper.make_node("Gather", ["shape", "one"], ["length"]),
        helper.make_node("Range", ["zero", "length", "one"], ["order"]),
        helper.make_node("Gather", ["places", "order"], ["placed"]),
        helper.make_node("Add", ["words", "placed"], ["there"]),
        helper.make_node("Gather", ["kinds", "token_type_ids"], ["kind"]),
        helper.make_node("Mul", ["there", "kind"], ["typed"]),
        helper.make_node("ReduceMean", ["typed" if types else "there"], [output], axes=[1], keepdims=0),
    ]
    if not types:
        nodes = [node for node in nodes if node.output[0] not in ("kind", "typed")]
    graph = helper.make_graph(
        nodes,
        "tiny",
        inputs,
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", columns])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
