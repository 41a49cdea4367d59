"""The step that finds origins: copies in a real store, read in whatever order."""

from __future__ import annotations

import itertools

from monitor import pipeline
from monitor.pipeline import Models
from monitor.records import ArticleToRead, StepCount
from monitor.store import Store, open_store
from tests.judge.fake_model import FakeModel
from tests.store.filling import HOUR, NOW, known_article, read

REPORT = (
    "The dam above Ostrel gave way shortly before dawn on Monday.",
    "Fourteen people have died in the old town, the regional council said.",
    "Three more are missing, among them a nurse who had gone back for her patients.",
    "Soldiers are bringing bread and water by helicopter because the only road is gone.",
)
OTHER = (
    "Train drivers across the country will walk out for two days from Thursday.",
    "The union wants six percent more pay and says that talks collapsed on Tuesday night.",
    "Commuters around the capital should expect four trains in ten to run, the railway said.",
)
TEXTS = {"first": (REPORT, 0), "cut": (REPORT[:3], 2), "extended": ((*REPORT, OTHER[0]), 4), "other": (OTHER, 1)}
MODELS = Models(FakeModel(), FakeModel())


def put(store: Store, name: str) -> None:
    """Let a feed bring an article, and read it."""
    sentences, hours = TEXTS[name]
    read(store, known_article(store, f"https://{name}.example/1"), *sentences, at=NOW + hours * HOUR)


def origins(store: Store) -> dict[str, str]:
    """Tell for each article which one was first, by their addresses."""
    rows = store.db.query(
        """
        SELECT copy.url AS url, first.url AS first FROM origins
        JOIN articles AS copy ON copy.id = article_id
        JOIN articles AS first ON first.id = origin_id
        """
    )
    return {row["url"].split("/")[2]: row["first"].split("/")[2] for row in rows}


def step(store: Store) -> StepCount:
    """Embed and compare what is pending."""
    pipeline.embed(store, MODELS)
    return pipeline.origins(store, MODELS)


def test_copies_are_found_in_any_order_and_once() -> None:
    """An article that comes later is compared with those that are there, and a second run finds nothing to do."""
    wanted = {name + ".example": "first.example" for name in ("first", "cut", "extended")} | {
        "other.example": "other.example"
    }
    for names in itertools.permutations(TEXTS):
        with open_store(":memory:") as store:
            for name in names:
                put(store, name)
                assert step(store).done == 1
            assert origins(store) == wanted, names
            assert step(store) == StepCount("origins", 0, 0, "0 copies")


def test_all_at_once_is_the_same() -> None:
    """A first round finds everything pending."""
    with open_store(":memory:") as store:
        for name in TEXTS:
            put(store, name)
        assert step(store) == StepCount("origins", 4, 0, "3 copies")
        assert set(origins(store).values()) == {"first.example", "other.example"}


def test_a_step_that_is_told_to_stop_leaves_the_rest_pending() -> None:
    """Ctrl-C waits for no comparison that has not begun."""
    with open_store(":memory:") as store:
        put(store, "first")
        pipeline.embed(store, MODELS)
        assert pipeline.origins(store, MODELS, stop=lambda: True).done == 0
        assert pipeline.origins(store, MODELS).done == 1


def test_a_corrected_article_is_compared_again() -> None:
    """Its newest version counts."""
    with open_store(":memory:") as store:
        put(store, "first")
        put(store, "cut")
        step(store)
        url = "https://cut.example/1"
        known = store.addresses.read_at(url)
        assert known
        read(store, ArticleToRead(known.id, url, 0), *OTHER, at=NOW)
        assert step(store).done == 1
        assert origins(store) == {"first.example": "first.example", "cut.example": "cut.example"}
