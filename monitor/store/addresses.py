"""The addresses that lead to each article, and articles that are one."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from sqlite_utils import Database

from monitor.collect.twins import address_key
from monitor.records import ArticleToRead, Extract, Lead, ReadArticle
from monitor.store.rows import select, text_hash, to_text

UNREAD = ("pending", "failed")


class Addresses:
    """Everything stored about which address leads to which article."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def read_at(self, url: str) -> ReadArticle | None:
        """Return the article that an address leads to, with its newest version; None if none was read there."""
        rows = select(self._db, _READ + "WHERE addresses.address = ?", address_key(url))
        return _read_article(rows[0]) if rows else None

    def standing_at(self, url: str) -> int | None:
        """Return the id of the article that an address surely belongs to, read or not; None if it is of none."""
        rows = select(
            self._db, "SELECT article_id FROM addresses WHERE address = ? AND sure = 1", address_key(url)
        )
        return rows[0]["article_id"] if rows else None

    def is_open(self, lead: Lead, article: ArticleToRead) -> bool:
        """Tell whether an address is free, the article's own, or will be: see learn."""
        rows = select(
            self._db,
            """
            SELECT articles.id, articles.state FROM addresses
            JOIN articles ON articles.id = addresses.article_id
            WHERE addresses.address = ?
            """,
            address_key(lead.url),
        )
        return all(row["id"] == article.id or (lead.sure and row["state"] in UNREAD) for row in rows)

    def with_content(self, article: ArticleToRead, extract: Extract, *, within: timedelta) -> list[ReadArticle]:
        """Return the other articles whose title and text are the same, published within a time of this one.

        The date in the feed, or the first sight of it, stands in for a date that a page does not state.
        """
        rows = select(
            self._db,
            _WITH_CONTENT,
            text_hash(f"{extract.title}\n{extract.text}"),
            article.id,
            to_text(extract.published_at),
            within.total_seconds(),
        )
        return [_read_article(row) for row in rows]


_READ = """
    SELECT articles.id, articles.url, versions.title, versions.text FROM addresses
    JOIN articles ON articles.id = addresses.article_id AND articles.state = 'read'
    JOIN versions ON versions.id = (SELECT max(id) FROM versions AS newest WHERE newest.article_id = articles.id)
"""

_WITH_CONTENT = """
    SELECT DISTINCT articles.id, articles.url, versions.title, versions.text FROM versions
    JOIN articles ON articles.id = versions.article_id AND articles.state = 'read'
    JOIN articles AS own ON own.id = ?2
    WHERE versions.content_hash = ?1
      AND articles.id <> ?2
      AND abs(
        unixepoch(coalesce(versions.published_at, articles.feed_published_at, articles.first_seen_at))
        - unixepoch(coalesce(?3, own.feed_published_at, own.first_seen_at))
      ) <= ?4
    ORDER BY articles.id
"""


def _read_article(row: sqlite3.Row) -> ReadArticle:
    return ReadArticle(row["id"], row["url"], row["title"], row["text"])


def learn(conn: sqlite3.Connection, article_id: int, lead: Lead) -> None:
    """Write that an address leads to an article; one that leads to another article stays with it.

    But a sure lead to an article that was not read makes that one the same.
    """
    address = address_key(lead.url)
    known = conn.execute(
        """
        SELECT articles.id, articles.state FROM addresses
        JOIN articles ON articles.id = addresses.article_id
        WHERE addresses.address = ?
        """,
        (address,),
    ).fetchone()
    if known is None:
        conn.execute(
            "INSERT INTO addresses (address, article_id, sure) VALUES (?, ?, ?)",
            (address, article_id, lead.sure),
        )
    elif lead.sure and known[0] == article_id:
        conn.execute("UPDATE addresses SET sure = 1 WHERE address = ?", (address,))
    elif lead.sure and known[1] in UNREAD:
        merge(conn, known[0], into=article_id)


def merge(conn: sqlite3.Connection, article_id: int, *, into: int) -> None:
    """Make an article the same as another; its addresses lead to that one from now on."""
    conn.execute(
        "UPDATE articles SET state = 'same', same_as = ?, last_error = NULL WHERE id = ?", (into, article_id)
    )
    conn.execute("UPDATE addresses SET article_id = ? WHERE article_id = ?", (into, article_id))
