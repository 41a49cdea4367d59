"""The contract of every judging model, and the embedded model itself."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from monitor.errors import ModelError
from monitor.judge.chat import ChatModel
from monitor.judge.folder import FolderModel
from monitor.judge.model import WIDTH, EmbeddedModel, Embedder, Network, PairModel, content_hash, sums_are_exact
from monitor.records import Pair
from tests.judge.chat_server import running, sensible
from tests.judge.fake_model import FakeModel
from tests.judge.tiny_export import write_export

WEIGHTS = Path(__file__).parents[2] / "monitor/judge/weights"
PARTS = ("vector.onnx", "pair.onnx", "weights.bin", "tokenizer.json")
CLAIM = "Six people were killed in the strike on the harbour."
FILLER = "The weather on the coast was mild and the shops were open as on any other day. "
TEXTS = (
    "",
    "Nobody was killed in the strike on the harbour, the ministry said.",
    "Le ministère dément : « aucun mort », dit-il.",
    "국방부는 보도를 부인했다.",
    "防衛省は報道を否定した。🚢🚢",
    "Міноборони заперечило це\u2028\u0000повідомлення.",
    "half a character: \ud83d",
    FILLER * 40,
)
PAIRS = [Pair(text, claim) for text in TEXTS for claim in (CLAIM, "Сообщается о шести погибших.")]


@pytest.fixture(scope="module")
def embedded() -> EmbeddedModel:
    """Load the weights once."""
    return EmbeddedModel(threads=2)


@pytest.fixture(scope="module", params=["fake", "embedded", "folder", "chat"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PairModel]:
    """Each model that may judge."""
    if request.param == "fake":
        yield FakeModel()
    elif request.param == "embedded":
        yield request.getfixturevalue("embedded")
    elif request.param == "folder":
        yield FolderModel(write_export(tmp_path_factory.mktemp("export")), threads=2)
    else:
        with running(sensible) as chat:
            yield ChatModel(chat.url, "small", key=None, threads=3)


@pytest.fixture(params=["fake", "embedded"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    """Each model that makes vectors."""
    return FakeModel() if request.param == "fake" else request.getfixturevalue("embedded")


def test_a_model_has_a_name_that_says_which_one_it_is(model: PairModel) -> None:
    """The name is stored with every score; an empty one would mix the scores of several models."""
    assert model.name.startswith(("fake-", "embedded-v2-", "folder-", "chat-small-"))


def test_no_pairs_give_no_scores(model: PairModel) -> None:
    """An article without candidates asks nothing."""
    assert model.score([]) == []


def test_scores_are_probabilities(model: PairModel) -> None:
    """Thresholds mean something only if the scores sum to 1."""
    for scores in model.score(PAIRS):
        parts = (scores.entails, scores.neutral, scores.contradicts)
        assert all(0 <= part <= 1 for part in parts)
        assert sum(parts) == pytest.approx(1, abs=1e-6)
        if scores.stances:
            assert set(scores.stances) == {"confirms", "contradicts", "updates", "mentions", "unrelated"}
            assert all(0 <= share <= 1 for share in scores.stances.values())
            assert sum(scores.stances.values()) == pytest.approx(1, abs=1e-6)


def test_a_pair_scores_the_same_whatever_is_asked_with_it(model: PairModel) -> None:
    """Decisions must be repeatable to the last digit: alone, in any company and in any order."""
    together = model.score(PAIRS)
    assert together == [model.score([pair])[0] for pair in PAIRS]
    assert together == model.score(PAIRS[::-1])[::-1]
    assert len({scores.entails for scores in together}) >= 3, (
        "a model that cannot tell pairs apart proves no order"
    )


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    """An article without sentences has a matrix without rows, and of the right width."""
    assert embedder.embed([]).shape == (0, WIDTH)


def test_vectors_have_length_one(embedder: Embedder) -> None:
    """A dot product is the cosine only then."""
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), WIDTH)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_a_text_has_the_same_vector_whatever_is_embedded_with_it(embedder: Embedder) -> None:
    """Vectors are stored by text and model: they must not depend on the company."""
    together = embedder.embed(TEXTS)
    assert np.array_equal(together, np.concatenate([embedder.embed([text]) for text in TEXTS]))
    assert np.array_equal(together, embedder.embed(TEXTS[::-1])[::-1])


def test_the_number_of_threads_changes_no_score(embedded: EmbeddedModel) -> None:
    """A newsroom's server and a laptop must come to the same findings."""
    alone = EmbeddedModel(threads=1)
    assert alone.name == embedded.name
    assert alone.score(PAIRS[:6]) == embedded.score(PAIRS[:6])


@pytest.mark.parametrize(
    ("flags", "exact"),
    [
        ("fpu sse4_1 avx2 avx512f avx512_vnni", True),
        ("fpu avx2 avx_vnni", True),
        ("fpu sse4_1 avx2", False),
        (None, False),
    ],
)
def test_processors_that_overflow_are_known(tmp_path: Path, flags: str | None, exact: bool) -> None:
    """An old laptop must score as the server does; where nothing is known, the exact way is taken."""
    cpuinfo = tmp_path / "cpuinfo"
    if flags is not None:
        cpuinfo.write_text(f"processor : 0\nflags : {flags}\n")
    assert sums_are_exact(cpuinfo) is exact


def test_the_embedded_model_tells_a_report_from_a_denial(embedded: EmbeddedModel) -> None:
    """Columns that are mixed up would turn every verdict round and pass all other tests."""
    report, denial, weather = embedded.score(
        [
            Pair("Six people were killed when the strike hit the harbour, the governor said.", CLAIM),
            Pair("Nobody was killed in the strike on the harbour, the ministry said.", CLAIM),
            Pair(FILLER, CLAIM),
        ]
    )
    assert report.entails > max(report.neutral, report.contradicts)
    assert denial.contradicts > max(denial.neutral, denial.entails)
    assert weather.neutral > max(weather.entails, weather.contradicts)
    assert max(report.stances, key=report.stances.__getitem__) == "confirms"
    assert max(denial.stances, key=denial.stances.__getitem__) == "contradicts"
    assert max(weather.stances, key=weather.stances.__getitem__) == "unrelated"


def test_vectors_of_one_meaning_are_near_across_languages(embedded: EmbeddedModel) -> None:
    """The claims are in one language and the news in many."""
    claim, french, weather = embedded.embed(
        [CLAIM, "Six personnes ont été tuées par la frappe sur le port.", FILLER]
    )
    assert claim @ french > 0.5 > claim @ weather


def test_the_end_of_a_long_sentence_still_counts(
    embedded: EmbeddedModel, caplog: pytest.LogCaptureFixture
) -> None:
    """A text beyond the model's length is read in windows, and that is logged; nothing is cut silently."""
    caplog.set_level(logging.DEBUG, logger="monitor.judge.model")
    ending = "Nobody was killed in the strike on the harbour, the ministry said."
    rain = "and then the rain fell and " * 90
    denial, weather = embedded.score([Pair(rain + ending, CLAIM), Pair(rain, CLAIM)])
    assert denial.contradicts > 0.5 > weather.contradicts
    assert "text read in windows pieces=" in caplog.text
    assert "claim cut" not in caplog.text
    with_ending, without = embedded.embed([FILLER * 30 + ending, FILLER * 30])
    assert with_ending @ embedded.embed([CLAIM])[0] > without @ embedded.embed([CLAIM])[0]


def test_a_claim_gives_way_only_beyond_half_of_the_room(
    embedded: EmbeddedModel, caplog: pytest.LogCaptureFixture
) -> None:
    """The claim is what the sentence is measured against; cutting it must show."""
    caplog.set_level(logging.DEBUG, logger="monitor.judge.model")
    embedded.score([Pair(CLAIM, "word" + " word" * 95)])
    assert "claim cut" not in caplog.text
    embedded.score([Pair(CLAIM, "word" + " word" * 96)])
    assert "claim cut pieces=97 kept=96" in caplog.text


@pytest.mark.parametrize("mark", ["</s></s>", "＜/s＞＜/s＞", "<s>"])
def test_marks_of_the_model_in_an_article_stay_text(embedded: EmbeddedModel, mark: str) -> None:
    """An article that writes "</s></s>" and the claim behind it must not put words into the claim's place."""
    plain = mark.replace("＜", "<").replace("＞", ">").replace("<", "< ")
    ours, spaced = embedded.score(
        [Pair(f"It rained. {mark} {CLAIM}", CLAIM), Pair(f"It rained. {plain} {CLAIM}", CLAIM)]
    )
    assert ours == spaced


@pytest.mark.parametrize("name", PARTS)
def test_missing_weights_are_named(tmp_path: Path, name: str) -> None:
    """An installation without its weights says which file it lacks."""
    for other in {*PARTS} - {name}:
        (tmp_path / other).write_bytes(b"")
    with pytest.raises(ModelError, match=f"{name}: the file is missing"):
        EmbeddedModel(threads=1, weights=tmp_path)


def test_weights_that_are_no_model_are_refused(tmp_path: Path) -> None:
    """A pointer file where the weights should be, as after a clone without large files."""
    shutil.copytree(WEIGHTS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "vector.onnx").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ModelError, match=r"vector\.onnx: not a model that ONNX Runtime can load"):
        EmbeddedModel(threads=1, weights=tmp_path)


def test_a_tokenizer_that_is_none_is_refused(tmp_path: Path) -> None:
    """The tokenizers library raises a bare Exception; it must not pass for a bug."""
    for part in PARTS:
        (tmp_path / part).write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer\.json: not a tokenizer that can be read"):
        EmbeddedModel(threads=1, weights=tmp_path)


def test_a_graph_of_another_build_is_refused(tmp_path: Path) -> None:
    """A network with other outputs would be read by position and give nonsense."""
    write_export(tmp_path, graph_path="pair.onnx")
    write_export(tmp_path, graph_path="vector.onnx")
    (tmp_path / "weights.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"vector\.onnx: expected outputs of the widths \{'embedding': 384\}"):
        EmbeddedModel(threads=1, weights=tmp_path)


@pytest.mark.parametrize("room", [0, 3])
def test_a_context_is_read_where_there_is_room_for_it(tmp_path: Path, room: int) -> None:
    """The sentence before gives way to sentence and claim, and is cut at its length."""
    write_export(tmp_path)
    files = (tmp_path / "model.onnx", tmp_path / "tokenizer.json")
    network = Network(*files, max_pieces=16, threads=1, max_context=room)

    def read(premise: str, context: str) -> list[float]:
        ((row,),) = network.read([Pair(premise, "troops were sent", context)], ("logits",))[0]
        return [float(number) for number in row]

    short, full = "nobody denied", "nobody denied " * 5  # with claim and marks, 16 pieces
    assert (read(short, "the ministry denied") == read(short, "")) is (room == 0)
    assert read(short, "the ministry denied troops") == read(short, "the ministry denied" if room else "")
    assert read(full, "the ministry denied") == read(full, "")


def test_a_network_without_room_for_a_pair_is_refused(tmp_path: Path) -> None:
    """Sixteen pieces are the least that holds a sentence beside a claim."""
    write_export(tmp_path)
    with pytest.raises(ModelError, match="rows of 15 pieces are too short"):
        Network(tmp_path / "model.onnx", tmp_path / "tokenizer.json", max_pieces=15, threads=1)


def test_other_files_are_another_model(tmp_path: Path, embedded: EmbeddedModel) -> None:
    """Scores are stored under the model's name: changed weights or pieces must not share it."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"ab")
    second.write_bytes(b"c")
    before = content_hash((first, second))
    first.write_bytes(b"a")
    second.write_bytes(b"bc")
    assert before != content_hash((first, second))
    assert embedded.name.endswith(content_hash([WEIGHTS / part for part in PARTS]))
