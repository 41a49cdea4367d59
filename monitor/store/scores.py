"""What models said of pairs."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlite_utils import Database

from monitor.records import Pair, PairScores
from monitor.store.rows import select, text_hash, writing


class Scores:
    """Everything stored about what a model said of a sentence beside a claim."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, pair: Pair, model: str) -> PairScores | None:
        """Return what a model said of a pair; None if it was not asked yet."""
        rows = select(self._db, "SELECT scores FROM scores WHERE pair_hash = ? AND model = ?", _hash(pair), model)
        return PairScores(**json.loads(rows[0]["scores"])) if rows else None

    def add(self, scores: Mapping[Pair, PairScores], model: str) -> None:
        """Store what a model said, to the last digit; what it said first stands."""
        with writing(self._db) as conn:
            conn.executemany(
                "INSERT INTO scores (pair_hash, model, scores) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(_hash(pair), model, _text(said)) for pair, said in scores.items()],
            )


def _hash(pair: Pair) -> str:
    return text_hash("\0".join((pair.premise, pair.hypothesis, pair.context)))


def _text(said: PairScores) -> str:
    return json.dumps(
        {
            "entails": said.entails,
            "neutral": said.neutral,
            "contradicts": said.contradicts,
            "stances": dict(said.stances),
        }
    )
