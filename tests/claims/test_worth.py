"""Which sentences are worth checking, by a model that must belong to the vectors it is given."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from monitor.claims import worth
from monitor.claims.doubles import SAME_AT_LEAST, are_double
from monitor.claims.worth import FEATURES, measure, packaged_model
from monitor.judge.model import EmbeddedModel
from training import checkworthy
from training.checkworthy import Row

MODEL = Path(worth.__file__).parent / worth.MODEL_FILE
SHARED = Path(__file__).parents[2] / "../shared"


@pytest.fixture(scope="module")
def embedder() -> EmbeddedModel:
    return EmbeddedModel(threads=1)


@pytest.mark.parametrize(
    ("lang", "fact", "view"),
    [
        ("en", "The ministry said 40 people died in Bellmouth.", "We must never let this happen to our children."),
        (
            "fr",
            "Le ministère affirme que 40 personnes sont mortes.",
            "Nous devons peut-être espérer que notre pays change.",
        ),
        (
            "de",
            "Laut Ministerium starben am 3. Mai 2024 40 Menschen.",
            "Wir sollten vielleicht hoffen, dass es besser wird.",
        ),
        ("es", "El ministerio confirmó que murieron 40 personas.", "Quizá debemos creer en nuestro futuro común."),
        (
            "it",
            "Il ministero ha confermato che 40 persone sono morte.",
            "Forse dobbiamo credere nel futuro comune.",
        ),
        ("pt", "O ministério confirmou que 40 pessoas morreram.", "Talvez devamos acreditar no futuro comum."),
        ("ru", "Министерство сообщило о гибели 40 человек.", "Мы должны надеяться, что наше время придёт."),
        ("uk", "Міністерство повідомило про загибель 40 людей.", "Ми повинні сподіватися, що наш час прийде."),
        ("ko", "국방부는 병사 40명이 숨졌다고 밝혔다.", "우리는 아마 서로를 더 믿어야 할 것이다."),
        ("ja", "政府は2024年5月に四十人が死亡したと発表した。", "私たちはもっと話し合うべきだろうと思う。"),
        ("pl", "W Bellmouth zginęło 40 osób, podał Jan Kowal.", "Trudno powiedzieć, co dalej?"),
        (None, "The ministry said 40 people died in Bellmouth.", "Who died in Bellmouth?"),
    ],
)
def test_a_fact_is_worthier_than_a_view(embedder: EmbeddedModel, lang: str | None, fact: str, view: str) -> None:
    """Figures, sources and deeds can be checked; hopes cannot. Of these languages, two trained it."""
    found = packaged_model().worth(measure([fact, view], lang), embedder.embed([fact, view]))
    assert found[0] > 0.5 > found[1]


def test_the_model_belongs_to_the_weights_and_the_features(embedder: EmbeddedModel) -> None:
    """Other vectors mean nothing to it: after new weights, run python -m training.checkworthy."""
    assert packaged_model().vectors == embedder.name
    assert packaged_model().weights.shape == (len(FEATURES),)
    assert packaged_model().direction.shape == embedder.embed(["one"]).shape[1:]


def test_the_model_says_what_it_was_made_from() -> None:
    """Whoever finds it wrong must be able to make it again."""
    assert set(json.loads(MODEL.read_text())["made_from"]) >= {
        "command",
        "data_sha256",
        "rows",
        "vectors",
        "strength",
    }
    assert MODEL.stat().st_size < 20_000


def test_nothing_measures_as_nothing() -> None:
    """An article without sentences is no error."""
    assert measure([], "en").shape == (0, len(FEATURES))


@pytest.mark.parametrize(
    ("one", "other", "alike", "double"),
    [
        ("Six soldiers died.", "6 soldiers were killed.", SAME_AT_LEAST, True),
        ("Six soldiers died.", "Nine soldiers died.", 0.99, False),
        ("Six soldiers died.", "Soldiers died.", 0.99, False),
        ("Soldiers died.", "Some soldiers died.", 0.99, True),
        ("Soldiers died.", "Some soldiers died.", SAME_AT_LEAST - 0.01, False),
    ],
)
def test_the_same_thing_said_twice_is_double(one: str, other: str, alike: float, double: bool) -> None:
    """Vectors hardly see figures: six dead and nine dead are nearly one sentence to them."""
    assert are_double(one, other, alike, ("en", "en")) is double
    assert are_double(other, one, alike, ("en", "en")) is double


def rows(count: int, lang: str) -> list[Row]:
    return [Row(f"{lang} text {n}", lang, "train", worthy=n % 3 == 0) for n in range(count)]


def test_training_learns_what_tells_worthy_rows_apart() -> None:
    """One feature tells; the share of a language does not go into the others."""
    some = rows(120, "en") + rows(60, "es")
    features = np.zeros((180, 2))
    features[:, 0] = [row.worthy for row in some]
    vectors = np.random.default_rng(1).normal(size=(180, 4)) / 10
    weights, _ = checkworthy.fit(some, features, vectors, 0.1)
    assert weights.shape == (6,)
    assert weights[0] > 1 and abs(weights[1]) < 0.1
    worth_of = checkworthy.left_out(some, features, vectors, 0.1)
    assert checkworthy.by_language(some, worth_of) == pytest.approx({"en train": 1, "es train": 1})
    assert set(checkworthy.thresholds(some, worth_of)) == {"en", "es"}


def test_a_text_that_measures_never_trains() -> None:
    """The same sentence stands in several parts of the data set."""
    if not SHARED.is_dir():
        pytest.skip(f"needs {SHARED}")
    found = checkworthy.read_rows(SHARED)
    assert len({row.text for row in found}) == len(found)
    assert {(row.lang, row.part) for row in found if row.part != "train"} == {
        ("en", "test"),
        ("en", "dev"),
        ("ar", "dev"),
        ("es", "dev"),
    }
