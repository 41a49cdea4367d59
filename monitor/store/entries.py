"""Entries → articles: tell which article an entry of a feed is, and write it."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from urllib.parse import urlsplit

from monitor.collect.feed_dates import is_stamp
from monitor.collect.twins import address_key
from monitor.feed_records import Entry, Feed
from monitor.records import Lead
from monitor.store.addresses import learn
from monitor.store.rows import to_moment, to_text

# A feed that puts a session into its links is known by its guids; the addresses must not fill the table.
ADDRESSES_PER_ARTICLE = 20


def write_entry(conn: sqlite3.Connection, feed: Feed, entry: Entry, *, now: datetime) -> int:
    """Store one entry; return 1 if its article is new, else 0.

    An entry is known by its address, whatever its guid; then by its guid, unless its headline says that the guid
    was used again for another article. A feed has one row for each article, so that guids that change with each
    poll add none; a guid that is taken makes room for the address.
    """
    article_id = _known_by_address(conn, entry) or _known_by_guid(conn, feed, entry)
    added = article_id is None
    if article_id is None:
        article_id = _add_article(conn, entry, to_text(now))
    row = conn.execute(
        "SELECT guid, published_at, first_seen_at FROM entries WHERE feed_id = ? AND article_id = ?",
        (feed.id, article_id),
    ).fetchone()
    if row is None:
        _add_entry(conn, feed, entry, article_id, to_text(now))
    elif entry.published_at and row[1] and row[1] != to_text(entry.published_at):
        _check_stamp(conn, feed, article_id, row, entry.published_at, now=now)
    return int(added)


def _known_by_address(conn: sqlite3.Connection, entry: Entry) -> int | None:
    row = conn.execute(
        "SELECT article_id, sure FROM addresses WHERE address = ?", (address_key(entry.url),)
    ).fetchone()
    if row is None or row[1] or not _says(conn, row[0], entry.title):
        return row[0] if row and row[1] else None
    learn(conn, row[0], Lead(entry.url, sure=True))
    return int(row[0])


def _known_by_guid(conn: sqlite3.Connection, feed: Feed, entry: Entry) -> int | None:
    row = conn.execute(
        """
        SELECT coalesce(articles.same_as, articles.id) FROM entries
        JOIN articles ON articles.id = entries.article_id
        WHERE entries.feed_id = ? AND entries.guid = ?
        """,
        (feed.id, entry.guid),
    ).fetchone()
    if row is None or not _says(conn, row[0], entry.title):
        return None
    known = conn.execute("SELECT count(*) FROM addresses WHERE article_id = ?", row).fetchone()[0]
    if known < ADDRESSES_PER_ARTICLE:
        learn(conn, row[0], Lead(entry.url, sure=True))
    return int(row[0])


def _says(conn: sqlite3.Connection, article_id: int, title: str) -> bool:
    """Tell whether an article has or had this headline, on its page or in a feed; an empty one proves nothing."""
    rows = conn.execute(
        """
        SELECT feed_title FROM articles WHERE id = ?1
        UNION
        SELECT title FROM entries WHERE article_id = ?1
        UNION
        SELECT title FROM versions WHERE article_id = ?1
        """,
        (article_id,),
    )
    wanted = _plain(title)
    return bool(wanted) and any(_plain(known) == wanted for (known,) in rows)


def _plain(title: str) -> str:
    return "".join(character for character in title.casefold() if character.isalnum())


def _add_article(conn: sqlite3.Connection, entry: Entry, now: str) -> int:
    row = conn.execute(
        """
        INSERT INTO articles (url, outlet, first_seen_at, feed_title, feed_published_at, next_try_at)
        VALUES (?, ?, ?, ?, ?, ?)
        RETURNING id
        """,
        (entry.url, urlsplit(entry.url).netloc, now, entry.title, to_text(entry.published_at), now),
    ).fetchone()
    # What only another page said about this address is overruled: the headline did not agree.
    conn.execute("UPDATE articles SET canonical_url = url WHERE canonical_url = ?", (entry.url,))
    conn.execute(
        """
        INSERT INTO addresses (address, article_id, sure)
        VALUES (?, ?, 1)
        ON CONFLICT (address) DO UPDATE
        SET article_id = excluded.article_id, sure = 1
        """,
        (address_key(entry.url), row[0]),
    )
    return int(row[0])


def _add_entry(conn: sqlite3.Connection, feed: Feed, entry: Entry, article_id: int, now: str) -> None:
    for guid in (entry.guid, entry.url):
        stored = conn.execute(
            """
            INSERT INTO entries (feed_id, guid, article_id, title, published_at, first_seen_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            (feed.id, guid, article_id, entry.title, to_text(entry.published_at), now),
        ).rowcount
        if stored:
            return


def _check_stamp(
    conn: sqlite3.Connection,
    feed: Feed,
    article_id: int,
    row: tuple[str, str, str],
    stated: datetime,
    *,
    now: datetime,
) -> None:
    """Forget a date that was the moment of the poll then, and is again: the feed only stamps what it hands out."""
    _, published, seen = row
    if is_stamp(stated, now) and is_stamp(to_moment(published), to_moment(seen)):
        conn.execute(
            "UPDATE entries SET published_at = NULL WHERE feed_id = ? AND article_id = ?", (feed.id, article_id)
        )
        conn.execute(
            "UPDATE articles SET feed_published_at = NULL WHERE id = ? AND feed_published_at = ?",
            (article_id, published),
        )
