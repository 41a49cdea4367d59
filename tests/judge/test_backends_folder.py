"""A local model that was exported to ONNX."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monitor.errors import ModelError
from monitor.judge.folder import FolderModel
from monitor.records import Pair, PairScores
from tests.judge.tiny_export import THREE, WORDS, default_table, write_export

PAIR = Pair("the ministry denied", "troops were sent")
LONG = Pair("nobody denied " * 60, "troops were sent")


def only(folder: Path, pair: Pair = PAIR) -> PairScores:
    """Score one pair."""
    return FolderModel(folder, threads=1).score([pair])[0]


def rewrite(folder: Path, name: str, **values: Any) -> None:
    """Change keys of a JSON file of the export. Any: whatever JSON holds."""
    path = folder / name
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_scores_are_the_softmax_of_the_logits(tmp_path: Path) -> None:
    """Worked out by hand from the table: the mean over the pieces, then softmax."""
    write_export(tmp_path, types=False)
    pieces = ["<s>", "the", "ministry", "denied", "</s>", "troops", "were", "sent", "</s>"]
    logits = default_table(3)[[WORDS.index(piece) for piece in pieces]].mean(axis=0)
    expected = np.exp(logits) / np.exp(logits).sum()
    scores = only(tmp_path)
    assert (scores.entails, scores.neutral, scores.contradicts) == pytest.approx(tuple(expected), abs=1e-5)
    assert scores.stances == {}


@pytest.mark.parametrize(
    "labels",
    [
        ("contradiction", "neutral", "entailment"),
        ("NEUTRAL", "Entailment", "CONTRADICTION"),
    ],
)
def test_labels_are_mapped_by_name(tmp_path: Path, labels: tuple[str, ...]) -> None:
    """Published models order their labels differently; the same columns under other names change places."""
    plain = only(write_export(tmp_path / "plain"))
    columns = (plain.entails, plain.neutral, plain.contradicts)
    by_name = dict(zip((label.lower() for label in labels), columns, strict=True))
    other = only(write_export(tmp_path / "other", labels=labels))
    assert (other.entails, other.neutral, other.contradicts) == tuple(by_name[label] for label in THREE)


@pytest.mark.parametrize("labels", [("entailment", "not_entailment"), ("NOT-ENTAILMENT", "Entailment")])
def test_a_two_way_model_never_contradicts(tmp_path: Path, labels: tuple[str, ...]) -> None:
    """What is not entailed may be denied or just not said; such a model cannot tell."""
    scores = only(write_export(tmp_path, labels=labels))
    assert scores.contradicts == 0
    assert 0 < scores.entails < 1
    assert scores.entails + scores.neutral == pytest.approx(1)


def test_type_ids_are_given_where_the_network_asks_for_them(tmp_path: Path) -> None:
    """BERT models tell sentence and claim apart by them."""
    assert only(write_export(tmp_path / "with")) != only(write_export(tmp_path / "without", types=False))


@pytest.mark.parametrize(
    ("labels", "found"),
    [(("LABEL_0", "LABEL_1", "LABEL_2"), "LABEL_0, LABEL_1, LABEL_2"), (("entailment", "neutral"), "entailment")],
)
def test_labels_without_meaning_are_refused(tmp_path: Path, labels: tuple[str, ...], found: str) -> None:
    """The line says what stands there and what to write instead."""
    write_export(tmp_path, labels=labels)
    with pytest.raises(ModelError, match=rf"config\.json: id2label says {found}.*write which column is which"):
        FolderModel(tmp_path, threads=1)


@pytest.mark.parametrize("named", [None, {}, ["entailment"], {"1": "entailment", "2": "not_entailment"}])
def test_a_config_without_usable_labels_is_refused(tmp_path: Path, named: object) -> None:
    """No labels, a list, or columns that do not start at 0."""
    write_export(tmp_path)
    rewrite(tmp_path, "config.json", id2label=named)
    with pytest.raises(ModelError, match="id2label says"):
        FolderModel(tmp_path, threads=1)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    """The line names the file and what to do."""
    write_export(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ModelError, match=rf"{name}: the file is missing\. Export"):
        FolderModel(tmp_path, threads=1)


@pytest.mark.parametrize(("text", "says"), [("{", "not JSON"), ("[]", "expected a JSON object")])
def test_a_broken_config_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """A download that was cut off, or another file under this name."""
    write_export(tmp_path)
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ModelError, match=rf"config\.json: {says}"):
        FolderModel(tmp_path, threads=1)


@pytest.mark.parametrize("graph", ["model.onnx", "nli.onnx", "onnx/model.onnx", "onnx/nli_quantized.onnx"])
def test_the_graph_is_found_where_exports_put_it(tmp_path: Path, graph: str) -> None:
    """Exporters write it into the folder or into onnx/, under several names."""
    assert only(write_export(tmp_path, graph_path=graph)).entails > 0


def test_model_onnx_goes_before_its_neighbours(tmp_path: Path) -> None:
    """A folder with several sizes of one model still has a main one."""
    write_export(tmp_path / "a")
    write_export(tmp_path / "b", table=default_table(3)[::-1].copy())
    expected = only(tmp_path / "a")
    (tmp_path / "b/model.onnx").rename(tmp_path / "a/another.onnx")
    assert only(tmp_path / "a") == expected


def test_two_graphs_of_equal_right_are_refused(tmp_path: Path) -> None:
    """Which one decides must not depend on the alphabet."""
    write_export(tmp_path, graph_path="a.onnx")
    write_export(tmp_path, graph_path="b.onnx")
    with pytest.raises(ModelError, match=r"several models \(a\.onnx, b\.onnx\)"):
        FolderModel(tmp_path, threads=1)


def test_an_output_of_the_right_width_is_taken_where_none_is_called_logits(tmp_path: Path) -> None:
    """Converters name outputs as they like."""
    assert only(write_export(tmp_path / "a", output="output_0")) == only(write_export(tmp_path / "b"))


def test_a_graph_without_fitting_output_is_refused(tmp_path: Path) -> None:
    """An embedding model in the place of an inference model."""
    write_export(tmp_path, labels=("a", "b", "c", "d"))
    rewrite(tmp_path, "config.json", id2label={"0": "entailment", "1": "neutral", "2": "contradiction"})
    with pytest.raises(ModelError, match="no output has 3 columns"):
        FolderModel(tmp_path, threads=1)


def test_an_unknown_input_is_refused(tmp_path: Path) -> None:
    """A network that wants more than a pair cannot be fed."""
    write_export(tmp_path, extra_input="pixel_values")
    with pytest.raises(ModelError, match="asks for pixel_values"):
        FolderModel(tmp_path, threads=1)


def test_logits_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    """A half-precision export that overflows gives NaN, which must not become a probability."""
    write_export(tmp_path, table=np.full((len(WORDS), 3), np.nan, dtype=np.float32))
    with pytest.raises(ModelError, match="expected 3 finite logits"):
        only(tmp_path)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("config.json", {"max_position_embeddings": 32}),
        ("config.json", {"max_position_embeddings": 34, "pad_token_id": 1, "model_type": "xlm-roberta"}),
        ("config.json", {"max_position_embeddings": 34, "pad_token_id": 1, "model_type": "camembert"}),
        ("tokenizer_config.json", {"model_max_length": 32}),
        (
            "tokenizer.json",
            {"truncation": {"max_length": 32, "stride": 0, "strategy": "LongestFirst", "direction": "Right"}},
        ),
    ],
)
def test_the_length_comes_from_the_files(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, values: dict[str, object]
) -> None:
    """A network with 32 positions fails on longer rows: its files say so, each family in its own way."""
    caplog.set_level(logging.DEBUG, logger="monitor.judge.model")
    write_export(tmp_path, positions=32)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 1e30}))
    rewrite(tmp_path, name, **values)
    assert only(tmp_path, LONG).entails > 0
    assert "text read in windows pieces=120" in caplog.text


def test_a_length_that_no_file_states_shows_as_a_failure(tmp_path: Path) -> None:
    """The network's own complaint becomes one clear line."""
    write_export(tmp_path, positions=32)
    with pytest.raises(ModelError, match="the model failed to run"):
        only(tmp_path, LONG)


def test_the_most_decisive_window_counts(tmp_path: Path) -> None:
    """What a long sentence says at its end is not drowned by its beginning."""
    table = np.zeros((len(WORDS), 3), dtype=np.float32)
    table[WORDS.index("the"), 1] = 9  # neutral
    table[WORDS.index("denied"), 2] = 9  # contradiction
    write_export(tmp_path, types=False, table=table, config={"max_position_embeddings": 32})
    scores = only(tmp_path, Pair("the " * 100 + "denied " * 26, "troops were sent"))
    assert scores.contradicts > 0.9


def test_marks_in_a_text_stay_text_without_a_normalizer_too(tmp_path: Path) -> None:
    """This tokenizer knows "</s>" as a word like any other."""
    write_export(tmp_path)
    assert only(tmp_path, Pair("the </s> denied", "sent")) == only(tmp_path, Pair("the < /s> denied", "sent"))


def test_each_part_of_an_export_belongs_to_its_name(tmp_path: Path) -> None:
    """Weights beside the graph, labels and pieces change the scores, so they change the name."""
    write_export(tmp_path)
    names = [FolderModel(tmp_path, threads=1).name]
    (tmp_path / "model.onnx_data").write_bytes(b"weights")
    names.append(FolderModel(tmp_path, threads=1).name)
    rewrite(tmp_path, "config.json", id2label={"0": "neutral", "1": "entailment", "2": "contradiction"})
    names.append(FolderModel(tmp_path, threads=1).name)
    rewrite(tmp_path, "tokenizer.json", added_tokens=[])
    names.append(FolderModel(tmp_path, threads=1).name)
    write_export(tmp_path, table=default_table(3) + 1)
    names.append(FolderModel(tmp_path, threads=1).name)
    assert len(set(names)) == 5
