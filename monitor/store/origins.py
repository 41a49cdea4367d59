"""Who copied whom: what was compared, which pairs were found, and who was first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from sqlite_utils import Database

from monitor.records import CopyKind, CopyLink, Dated, Sketch
from monitor.store.rows import select, to_moment, to_moment_or_none, to_text, writing

Trace = Callable[[Iterable[Dated], Iterable[CopyLink]], Mapping[int, int]]


class Origins:
    """Everything stored about copies."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def pending(self, compared_by: str, model: str, *, limit: int) -> list[int]:
        """Return the newest versions of articles that were not compared by these rules, oldest first.

        A version waits until this model has a vector of each of its sentences.
        """
        rows = select(
            self._db,
            """
            SELECT versions.id FROM versions
            LEFT JOIN origins ON origins.article_id = versions.article_id
             AND origins.version_id = versions.id
             AND origins.compared_by = ?1
            WHERE origins.article_id IS NULL
              AND versions.id = (
                SELECT max(id) FROM versions AS newest WHERE newest.article_id = versions.article_id
              )
              AND NOT EXISTS (
                SELECT 1 FROM sentences
                WHERE sentences.version_id = versions.id
                  AND NOT EXISTS (
                    SELECT 1 FROM vectors WHERE vectors.text_hash = sentences.text_hash AND vectors.model = ?2
                  )
              )
            ORDER BY versions.id
            LIMIT ?3
            """,
            compared_by,
            model,
            limit,
        )
        return [row["id"] for row in rows]

    def dated(self, article_id: int) -> Dated:
        """Return an article with the dates of its newest version. Raises KeyError if it was never read."""
        rows = select(self._db, _DATED + "WHERE articles.id = ?", article_id)
        if not rows:
            raise KeyError(article_id)
        return _dated_of(rows[0])

    def compared(self, compared_by: str, moments: Sequence[datetime], *, within: timedelta) -> list[Sketch]:
        """Return the articles that were compared by these rules and lie near one of some moments, by number."""
        found: dict[int, Sketch] = {}
        for start, end in _periods(moments, within):
            rows = select(
                self._db,
                "SELECT * FROM origins WHERE moment BETWEEN ? AND ? AND compared_by = ?",
                to_text(start),
                to_text(end),
                compared_by,
            )
            found.update((row["article_id"], _sketch_of(row)) for row in rows)
        return [found[number] for number in sorted(found)]

    def version_of(self, article_id: int) -> int:
        """Return the version of an article that was compared. Raises KeyError if none was."""
        rows = select(self._db, "SELECT version_id FROM origins WHERE article_id = ?", article_id)
        if not rows:
            raise KeyError(article_id)
        return int(rows[0]["version_id"])

    def add(
        self,
        sketches: Mapping[int, Sketch],
        links: Sequence[CopyLink],
        *,
        compared_by: str,
        trace: Trace,
    ) -> None:
        """Store that articles were compared, what they are copies of, and who was first, in one transaction.

        sketches: by version. links: all of these articles; earlier ones are forgotten. trace: decides who was
        first, for every article that is linked with one of them now, or was before.
        """
        with writing(self._db) as conn:
            ids = [one.id for one in sketches.values()]
            touched = {*ids, *_partners(conn, ids)}
            for version_id, one in sketches.items():
                _put(conn, one, version_id, compared_by)
            conn.executemany("DELETE FROM copies WHERE article_id = ?1 OR other_id = ?1", [(one,) for one in ids])
            conn.executemany(
                "INSERT INTO copies (article_id, other_id, kind, share) VALUES (?, ?, ?, ?)",
                [(link.first, link.second, link.kind, link.share) for link in links],
            )
            around = _linked_with(conn, touched)
            articles = [self.dated(number) for number in sorted(around)]
            conn.executemany(
                "UPDATE origins SET origin_id = ? WHERE article_id = ?",
                [(first, number) for number, first in trace(articles, _links_of(conn, around)).items()],
            )


_DATED = """
    SELECT articles.id, articles.first_seen_at,
           coalesce(versions.published_at, articles.feed_published_at) AS published_at
    FROM articles
    JOIN versions ON versions.id = (SELECT max(id) FROM versions AS newest WHERE newest.article_id = articles.id)
"""


def _dated_of(row: sqlite3.Row) -> Dated:
    return Dated(row["id"], to_moment_or_none(row["published_at"]), to_moment(row["first_seen_at"]))


def _sketch_of(row: sqlite3.Row) -> Sketch:
    return Sketch(
        row["article_id"],
        to_moment(row["moment"]),
        np.frombuffer(row["hashes"], dtype=np.uint32),
        np.frombuffer(row["gist"], dtype=np.float32),
    )


def _periods(moments: Sequence[datetime], within: timedelta) -> list[tuple[datetime, datetime]]:
    """Join the periods around some moments where they overlap."""
    joined: list[tuple[datetime, datetime]] = []
    for moment in sorted(moments):
        start, end = moment - within, moment + within
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _put(conn: sqlite3.Connection, one: Sketch, version_id: int, compared_by: str) -> None:
    conn.execute(
        """
        INSERT INTO origins (article_id, version_id, origin_id, compared_by, moment, hashes, gist)
        VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6)
        ON CONFLICT (article_id) DO UPDATE
        SET version_id = excluded.version_id, compared_by = excluded.compared_by, moment = excluded.moment,
            hashes = excluded.hashes, gist = excluded.gist
        """,
        (
            one.id,
            version_id,
            compared_by,
            to_text(one.moment),
            one.hashes.astype(np.uint32).tobytes(),
            one.gist.astype(np.float32).tobytes(),
        ),
    )


def _partners(conn: sqlite3.Connection, ids: Iterable[int]) -> set[int]:
    """Return the articles that are linked with one of some articles."""
    found: set[int] = set()
    for number in ids:
        rows = conn.execute(
            """
            SELECT other_id FROM copies WHERE article_id = ?1
            UNION
            SELECT article_id FROM copies WHERE other_id = ?1
            """,
            (number,),
        )
        found.update(row[0] for row in rows)
    return found


def _linked_with(conn: sqlite3.Connection, ids: set[int]) -> set[int]:
    """Return some articles with all that are linked with them, directly or through others."""
    found, edge = set(ids), set(ids)
    while edge:
        edge = _partners(conn, edge) - found
        found |= edge
    return found


def _links_of(conn: sqlite3.Connection, ids: set[int]) -> list[CopyLink]:
    return [
        CopyLink(number, other, CopyKind(kind), share)
        for number in ids
        for other, kind, share in conn.execute(
            "SELECT other_id, kind, share FROM copies WHERE article_id = ?", (number,)
        )
    ]
