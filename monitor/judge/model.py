"""Sentence × claim → PairScores, sentence → vector: read with the embedded model (ONNX Runtime)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.errors import ModelError
from monitor.records import UNRELATED, Pair, PairScores, Stance

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

log = logging.getLogger(__name__)

WIDTH = 384  # numbers in a sentence vector of the embedded model

# The outputs of the embedded weights, as their description documents them: this is the one place that
# knows the order. Weights in another order must change it here.
_ENTAILS, _NEUTRAL, _CONTRADICTS = 0, 1, 2
_VERDICTS = (*(stance.value for stance in Stance), UNRELATED)

# A runtime computes a graph as a whole, and a vector leaves after two thirds of the layers: hence two graphs,
# which share their numbers. Each has its outputs, with their widths.
_VECTORS, _PAIRS = "vector.onnx", "pair.onnx"
_VECTOR_WIDTHS = {"embedding": WIDTH}
_PAIR_WIDTHS = {"scores": 3, "verdict": len(_VERDICTS)}
_NUMBERS = "weights.bin"
_TOKENIZER = "tokenizer.json"
_WAY = 2  # how texts are laid out, cut and joined: part of the model's name, because it changes scores
_MAX_PIECES = 192  # the length the weights were trained on, special pieces included
_MAX_CONTEXT = 64  # pieces of the sentence before that a pair shows
_MIN_PIECES = 16  # below it, no room is left for a sentence beside the claim

Row = NDArray[np.float32]
Read = list[list[Row]]  # windows, then outputs in the order they were asked for


class PairModel(Protocol):
    """A model that says what a news sentence does to a claim."""

    @property
    def name(self) -> str:
        """Name and version, stored with every score: other weights have another name."""

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        """Score each pair, in the same order; no pairs give an empty list.

        The same pair always gets the same scores, whatever else is asked with it, as far as the
        model allows. Raises ModelError if any of the answers cannot be used.
        """


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def name(self) -> str:
        """Name and version, stored with every vector."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, WIDTH) vectors of length 1, in the order of the texts.

        The same text always gets the same vector.
        """


class Network:
    """A tokenizer and an ONNX graph that read one text or one pair at a time.

    One row a run, on purpose. Int8 graphs choose their scale from the largest number in the whole
    batch, so a pair's scores would depend on what it is asked with: by up to 0.55, and 11 to 17
    of 256 verdicts changed (measured on the embedded weights in batches of 4 to 32, November 2026).
    It costs nothing: two threads with a row each score 113 pairs a second where batches of 32 on
    both threads score 98. What to run again: benchmarks/bench_judge.py.

    Nothing is cut silently. A text that is too long is read in windows that overlap by half. A
    claim keeps at least half of the room, and only a claim that is longer than that is cut. Both
    are logged at DEBUG. The context of a pair takes what room is left, and is no part of what is read.
    """

    def __init__(
        self, graph: Path, tokenizer: Path, *, max_pieces: int, threads: int, max_context: int = 0
    ) -> None:
        """Load both files. max_pieces: the longest row, special pieces included; max_context: pieces of context.

        Raises ModelError if a file cannot be used.
        """
        if max_pieces < _MIN_PIECES:
            raise ModelError(f"{graph.parent}: rows of {max_pieces} pieces are too short to read a pair.")
        self._max_pieces, self._max_context, self._threads = max_pieces, max_context, threads
        self._tokenizer = _open_tokenizer(tokenizer)
        empty = self._tokenizer.encode("", "")
        self._marks = frozenset(empty.tokens)  # what separates sentence and claim
        self._end = empty.ids[-1:]
        self._session, self._trouble = _open_session(graph)
        self._graph = graph
        self.inputs = frozenset(item.name for item in self._session.get_inputs())

    @property
    def output_widths(self) -> dict[str, int | None]:
        """The last dimension of each output, in the graph's order; None where it is not fixed."""
        ends = {item.name: item.shape[-1] for item in self._session.get_outputs() if item.shape}
        return {name: end if isinstance(end, int) else None for name, end in ends.items()}

    def read(self, items: Sequence[Pair | str], outputs: Sequence[str]) -> list[Read]:
        """Return for each item, in order, its windows with the outputs asked for, one row each."""
        if not items:
            return []
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(partial(self._read_one, outputs), items))

    def _read_one(self, outputs: Sequence[str], item: Pair | str) -> Read:
        if isinstance(item, str):
            return [self._run(window, outputs) for window in self._text_windows(item)]
        context = self._pieces(item.context).ids[: self._max_context]
        return [self._run(window, outputs, self._tail(window, context)) for window in self._pair_windows(item)]

    def _tail(self, window: Encoding, context: list[int]) -> list[int]:
        """Return the pieces of context that fit behind a window, between marks of their own."""
        fitting = context[: max(0, self._max_pieces - len(window) - 2 * len(self._end))]
        return [*self._end, *fitting, *self._end] if fitting else []

    def _text_windows(self, text: str) -> list[Encoding]:
        room = self._max_pieces - self._tokenizer.num_special_tokens_to_add(False)
        windows = _windows(self._pieces(text), room)
        return [self._tokenizer.post_process(window) for window in windows]

    def _pair_windows(self, pair: Pair) -> list[Encoding]:
        claim, longest = self._pieces(pair.hypothesis), self._max_pieces // 2
        if len(claim) > longest:
            log.debug("claim cut pieces=%d kept=%d", len(claim), longest)
            claim.truncate(longest)
        room = self._max_pieces - self._tokenizer.num_special_tokens_to_add(True) - len(claim)
        windows = _windows(self._pieces(pair.premise), room)
        return [self._tokenizer.post_process(window, claim) for window in windows]

    def _pieces(self, text: str) -> Encoding:
        readable = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be read
        pieces = self._tokenizer.encode(readable, add_special_tokens=False)
        if self._marks.isdisjoint(pieces.tokens):
            return pieces
        # Somebody wrote "</s>" into an article: it must stay text, and not end the sentence.
        normalizer = self._tokenizer.normalizer
        plain = normalizer.normalize_str(readable) if normalizer else readable
        for mark in sorted(self._marks):
            plain = plain.replace(mark, f"{mark[:1]} {mark[1:]}")
        return self._tokenizer.encode(plain, add_special_tokens=False)

    def _run(self, window: Encoding, outputs: Sequence[str], tail: Sequence[int] = ()) -> list[Row]:
        columns = {
            "input_ids": [*window.ids, *tail],
            "attention_mask": [*window.attention_mask, *(1 for _ in tail)],
            "token_type_ids": [*window.type_ids, *(0 for _ in tail)],
        }
        feed = {name: np.array([columns[name]], dtype=np.int64) for name in self.inputs}
        try:
            rows = self._session.run(list(outputs), feed)
        except self._trouble as error:
            raise ModelError(f"{self._graph}: the model failed to run: {_first_line(error)}") from error
        return [np.asarray(row[0], dtype=np.float32) for row in rows]


class EmbeddedModel:
    """The model in the package: a PairModel and an Embedder.

    Of a pair that is read in windows, the window counts that is least neutral, the first of
    equals. The vector of a text that is read in windows is their mean, brought to length 1.
    """

    def __init__(self, *, threads: int, weights: Path | None = None) -> None:
        """Load the weights. weights: a folder with other weights of the same build; None: the package's.

        Raises ModelError if a file is missing or is not of this build.
        """
        with as_file(files("monitor.judge") / "weights") as packaged:
            folder = weights or packaged
            parts = [folder / name for name in (_VECTORS, _PAIRS, _NUMBERS, _TOKENIZER)]
            for part in parts:
                if not part.is_file():
                    raise ModelError(f"{part}: the file is missing. Install monitor again.")
            self.name = f"embedded-v{_WAY}-{content_hash(parts)}"
            self._vectors = _open_network(folder / _VECTORS, _VECTOR_WIDTHS, threads=threads)
            self._pairs = _open_network(folder / _PAIRS, _PAIR_WIDTHS, threads=threads)

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        """Score each pair, in the same order, with a probability for each stance."""
        return [_pair_scores(windows) for windows in self._pairs.read(pairs, tuple(_PAIR_WIDTHS))]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, 384) vectors of length 1, in the order of the texts."""
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        for row, windows in enumerate(self._vectors.read(texts, tuple(_VECTOR_WIDTHS))):
            mean = np.mean([window[0] for window in windows], axis=0, dtype=np.float64)
            vectors[row] = mean / np.linalg.norm(mean)
        return vectors


def _open_network(graph: Path, widths: Mapping[str, int], *, threads: int) -> Network:
    tokenizer = graph.parent / _TOKENIZER
    network = Network(graph, tokenizer, max_pieces=_MAX_PIECES, threads=threads, max_context=_MAX_CONTEXT)
    if network.output_widths != widths:
        raise ModelError(f"{graph}: expected outputs of the widths {dict(widths)}.")
    return network


def content_hash(paths: Sequence[Path]) -> str:
    """Return 12 hexadecimal digits that stand for the contents of files, in this order."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:12]


def sums_are_exact(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Return whether this processor is known to add up 8-bit products without overflow."""
    return cpuinfo.is_file() and "vnni" in cpuinfo.read_text(encoding="utf-8", errors="replace")


def _pair_scores(windows: Read) -> PairScores:
    scores, verdict = min(windows, key=lambda window: float(window[0][_NEUTRAL]))
    shares = np.asarray(scores, dtype=np.float64) / float(np.sum(scores, dtype=np.float64))
    stances = np.asarray(verdict, dtype=np.float64) / float(np.sum(verdict, dtype=np.float64))
    return PairScores(
        entails=float(shares[_ENTAILS]),
        neutral=float(shares[_NEUTRAL]),
        contradicts=float(shares[_CONTRADICTS]),
        stances=dict(zip(_VERDICTS, stances.tolist(), strict=True)),
    )


def _windows(pieces: Encoding, room: int) -> list[Encoding]:
    if len(pieces) <= room:
        return [pieces]
    length = len(pieces)
    pieces.truncate(room, stride=room // 2)
    windows = [pieces, *pieces.overflowing]
    log.debug("text read in windows pieces=%d windows=%d", length, len(windows))
    return windows


def _open_tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415  heavy, and only models need it

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower for a file it cannot read
        raise ModelError(f"{path}: not a tokenizer that can be read: {_first_line(error)}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # keeps most marks in a text from being read as marks
    return tokenizer


def _open_session(path: Path) -> tuple[Any, tuple[type[Exception], ...]]:
    """Return the session (onnxruntime ships no types) and the errors that running it can raise."""
    import onnxruntime  # noqa: PLC0415  heavy, and only models need it

    state = onnxruntime.capi.onnxruntime_pybind11_state
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoSuchFile", "NotImplemented")
    trouble = (*(getattr(state, name) for name in names), state.RuntimeException)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is raised, and told once
    # Sums of 8-bit products overflow on processors without VNNI, and scores would differ from those elsewhere.
    # The exact way costs half as much time again (25 against 16 ms a pair, November 2026), so it is taken only
    # where it is needed: https://github.com/microsoft/onnxruntime/pull/12088
    options.add_session_config_entry("session.x64quantprecision", "0" if sums_are_exact() else "1")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]), trouble
    except trouble as error:
        raise ModelError(f"{path}: not a model that ONNX Runtime can load: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
