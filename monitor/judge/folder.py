"""Sentence × claim → PairScores: read with any local inference model that was exported to ONNX."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.errors import ModelError
from monitor.judge.model import Network, Read, content_hash
from monitor.records import Pair, PairScores

_ENTAILMENT, _NEUTRAL, _CONTRADICTION, _NOT_ENTAILMENT = "entailment", "neutral", "contradiction", "not_entailment"
_LABEL_SETS = ({_ENTAILMENT, _NEUTRAL, _CONTRADICTION}, {_ENTAILMENT, _NOT_ENTAILMENT})
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
_LONGEST = 512  # pieces; sentence and claim never need more, and memory grows with the square


class FolderModel:
    """A PairModel from a folder: an ONNX graph, tokenizer.json and config.json.

    Labels are mapped by their names in config.json, never by position. A two-way model (entailment,
    not_entailment) cannot tell denial from silence: what is not entailed counts as neutral. Pairs
    that are too long are read as EmbeddedModel reads them. stances is empty.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Load the folder. The graph: model.onnx, else the only *.onnx, in the folder or in onnx/.

        Raises ModelError that names the file that is missing or wrong, and what to write there.
        """
        config_path, tokenizer = _file(folder, "config.json"), _file(folder, "tokenizer.json")
        graph = _find_graph(folder)
        config = _read_json(config_path)
        self._labels = _labels(config, config_path)
        limit = _max_pieces(config, folder, tokenizer)
        self._network = Network(graph, tokenizer, max_pieces=limit, threads=threads)
        self._output = _find_output(self._network, len(self._labels), graph)
        parts = (graph, *_weights_beside(graph), tokenizer, config_path)
        self.name = f"folder-{folder.resolve().name}-{content_hash(parts)}"

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        """Score each pair, in the same order. Raises ModelError if the network gives no usable numbers."""
        return [self._decide(windows) for windows in self._network.read(pairs, (self._output,))]

    def _decide(self, windows: Read) -> PairScores:
        scores = [self._scores(window[0]) for window in windows]
        return min(scores, key=lambda score: score.neutral)

    def _scores(self, logits: NDArray[np.float32]) -> PairScores:
        if logits.shape != (len(self._labels),) or not np.isfinite(logits).all():
            raise ModelError(f"{self.name}: expected {len(self._labels)} finite logits; check the export.")
        powers = np.exp(logits.astype(np.float64) - float(logits.max()))
        share = dict(zip(self._labels, (powers / powers.sum()).tolist(), strict=True))
        neutral = share.get(_NEUTRAL, share.get(_NOT_ENTAILMENT, 0.0))
        return PairScores(share[_ENTAILMENT], neutral, share.get(_CONTRADICTION, 0.0))


def _file(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such folder. Set judge.path to a folder with an ONNX export.")
    path = folder / name
    if not path.is_file():
        raise ModelError(f"{path}: the file is missing. Export the model again, with its {name}.")
    return path


def _find_graph(folder: Path) -> Path:
    for place in (folder, folder / "onnx"):
        graphs = sorted(place.glob("*.onnx"))
        if place / "model.onnx" in graphs:
            return place / "model.onnx"
        if len(graphs) > 1:
            names = ", ".join(graph.name for graph in graphs)
            raise ModelError(f"{place}: several models ({names}). Keep one, or call one model.onnx.")
        if graphs:
            return graphs[0]
    raise ModelError(f"{folder / 'model.onnx'}: the file is missing. Export the model to ONNX into this folder.")


def _weights_beside(graph: Path) -> list[Path]:
    """Large models keep their weights in files beside the graph, named after it."""
    return sorted(path for path in graph.parent.glob(f"{graph.stem}.*") if path.suffix not in (".onnx", ".json"))


def _read_json(path: Path) -> Mapping[str, object]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path}: not JSON: {error}") from error
    if not isinstance(data, dict):
        raise ModelError(f"{path}: expected a JSON object.")
    return data


def _labels(config: Mapping[str, object], path: Path) -> list[str]:
    """Return the labels in the order of the columns."""
    named = config.get("id2label")
    names = {key: str(value) for key, value in named.items()} if isinstance(named, dict) else {}
    columns = [names.get(str(column), "") for column in range(len(names))]
    ordered = [name.strip().lower().replace("-", "_").replace(" ", "_") for name in columns]
    if len(set(ordered)) == len(ordered) and set(ordered) in _LABEL_SETS:
        return ordered
    found = ", ".join(names.values()) or "nothing"
    raise ModelError(
        f"{path}: id2label says {found}; write which column is which, as the model's page tells, such as "
        '"id2label": {"0": "entailment", "1": "neutral", "2": "contradiction"}.'
    )


def _max_pieces(config: Mapping[str, object], folder: Path, tokenizer: Path) -> int:
    """Return the smallest of the lengths that the files state, and never more than _LONGEST."""
    extra = folder / "tokenizer_config.json"
    truncation = _read_json(tokenizer).get("truncation")
    stated = [
        _positions(config),
        _read_json(extra).get("model_max_length") if extra.is_file() else None,
        truncation.get("max_length") if isinstance(truncation, dict) else None,
    ]
    return int(min([_LONGEST, *(length for length in stated if isinstance(length, int | float) and length > 0)]))


def _positions(config: Mapping[str, object]) -> object:
    """RoBERTa and its kin count positions from behind the padding piece, and have so many fewer."""
    positions, pad = config.get("max_position_embeddings"), config.get("pad_token_id")
    shifted = "roberta" in str(config.get("model_type")) or config.get("model_type") in ("camembert", "xmod")
    if shifted and isinstance(positions, int) and isinstance(pad, int):
        return positions - pad - 1
    return positions


def _find_output(network: Network, columns: int, graph: Path) -> str:
    if unknown := network.inputs - _INPUTS:
        raise ModelError(f"{graph}: asks for {', '.join(sorted(unknown))}; expected {', '.join(sorted(_INPUTS))}.")
    widths = network.output_widths
    if widths.get("logits", -1) in (columns, None):
        return "logits"
    for name, width in widths.items():
        if width == columns:
            return name
    raise ModelError(f"{graph}: no output has {columns} columns, one for each label in config.json.")
