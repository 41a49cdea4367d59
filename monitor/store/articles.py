"""Entries, articles, their versions, sentences and vectors."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from monitor.collect.schedule import LONGEST_WAIT
from monitor.feed_records import Entry, Feed, GoodPoll
from monitor.read.days import believed
from monitor.records import ArticleToRead, Extract, Lead, Sentence, Version
from monitor.store.addresses import learn, merge
from monitor.store.entries import write_entry
from monitor.store.feeds import write_good_polls
from monitor.store.rows import select, text_hash, to_moment, to_moment_or_none, to_text, writing

Vectors = NDArray[np.float32]

# Han, kana and hangul are written without spaces (or with few), so each character is a term of its own.
CJK = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힣豈-﫿ｦ-ﾟ]")


class Articles:
    """Everything stored about articles."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add_entries(
        self, feed: Feed, entries: Sequence[Entry], *, now: datetime, polled: Callable[[int], GoodPoll]
    ) -> int:
        """Store what a feed brought, and how its poll ended, in one transaction.

        Only an entry of an article that is not known yet adds one (see store.entries). polled: told how many
        articles are new to this feed, says what its row becomes. Returns the number of new articles.
        """
        with writing(self._db) as conn:
            added = sum([write_entry(conn, feed, entry, now=now) for entry in entries])
            news = conn.execute(
                "SELECT count(*) FROM entries WHERE feed_id = ? AND first_seen_at = ?", (feed.id, to_text(now))
            ).fetchone()[0]
            write_good_polls(conn, [(feed, polled(news))], now=now)
        return added

    def to_read(self, *, now: datetime, limit: int) -> list[ArticleToRead]:
        """Return the articles that are due to be fetched: the newest of each host first, then the next of each.

        So a host that brings thousands at once keeps no other from its turn. None waits longer than LONGEST_WAIT:
        one that does was written by a clock that was set back since.
        """
        rows = select(
            self._db,
            """
            SELECT id, url, tries, first_seen_at, (
              SELECT feeds.lang FROM entries JOIN feeds ON feeds.id = entries.feed_id
              WHERE entries.article_id = due.id
              ORDER BY entries.first_seen_at
              LIMIT 1
            ) AS lang
            FROM (
              SELECT id, url, tries, first_seen_at,
                     row_number() OVER (PARTITION BY outlet ORDER BY first_seen_at DESC, id) AS place
              FROM articles
              WHERE state = 'pending' AND (next_try_at <= ? OR next_try_at > ?)
              ORDER BY place, first_seen_at DESC, id
              LIMIT ?
            ) AS due
            ORDER BY place, first_seen_at DESC, id
            """,
            to_text(now),
            to_text(now + LONGEST_WAIT),
            limit,
        )
        return [
            ArticleToRead(row["id"], row["url"], row["tries"], row["lang"], to_moment(row["first_seen_at"]))
            for row in rows
        ]

    def is_pending(self, article: ArticleToRead) -> bool:
        """Tell whether an article is still to be read: meanwhile it may have proved to be another one."""
        return bool(select(self._db, "SELECT 1 FROM articles WHERE id = ? AND state = 'pending'", article.id))

    def add_version(
        self,
        article: ArticleToRead,
        extract: Extract,
        *,
        lang: str | None,
        sentences: Sequence[Sentence],
        page_url: str,
        now: datetime,
        leads: Sequence[Lead] = (),
    ) -> int:
        """Store what a page says, with its sentences, in one transaction; return the version's id.

        The same content again changes nothing. leads: other addresses of the article; one that belongs to an
        article that was not read yet, and is sure, brings that one along as the same. Raises ValueError if a
        sentence does not stand in the text where it says it does.
        """
        for sentence in sentences:
            if extract.text[sentence.start : sentence.end] != sentence.text or not sentence.text:
                raise ValueError(f"{page_url}: sentence {sentence.index} is not the text at its offsets")
        content_hash = text_hash(f"{extract.title}\n{extract.text}")
        with writing(self._db) as conn:
            known = conn.execute(
                "SELECT id FROM versions WHERE article_id = ? AND content_hash = ?",
                (article.id, content_hash),
            ).fetchone()
            version_id = (
                known[0]
                if known
                else _insert_version(conn, article.id, extract, lang=lang, page_url=page_url, now=now)
            )
            if not known:
                conn.executemany(
                    'INSERT INTO sentences (version_id, idx, start, "end", text_hash) VALUES (?, ?, ?, ?, ?)',
                    [(version_id, s.index, s.start, s.end, text_hash(s.text)) for s in sentences],
                )
                conn.executemany(
                    "INSERT INTO credits (version_id, agency, words) VALUES (?, ?, ?)",
                    [(version_id, credit.agency, credit.words) for credit in extract.credits],
                )
            conn.execute(
                """
                UPDATE articles
                SET state = 'read', same_as = NULL, last_error = ?, outlet = coalesce(?, outlet),
                    canonical_url = ?
                WHERE id = ?
                """,
                (extract.trouble, extract.site, extract.canonical_url or page_url, article.id),
            )
            for lead in leads:
                learn(conn, article.id, lead)
        return version_id

    def mark_same(self, article: ArticleToRead, other_id: int, *, leads: Sequence[Lead] = ()) -> None:
        """Write that an article is known under another address, with all that lead there, in one transaction."""
        with writing(self._db) as conn:
            merge(conn, article.id, into=other_id)
            for lead in leads:
                learn(conn, other_id, lead)

    def read_failed(self, article: ArticleToRead, *, error: str, next_try_at: datetime | None) -> None:
        """Write that a try failed. next_try_at: when to try again; None gives up."""
        state = "pending" if next_try_at else "failed"
        with writing(self._db) as conn:
            conn.execute(
                """
                UPDATE articles
                SET state = ?, tries = tries + 1, last_error = ?, next_try_at = coalesce(?, next_try_at)
                WHERE id = ?
                """,
                (state, error, to_text(next_try_at), article.id),
            )

    def postpone(self, article: ArticleToRead, *, until: datetime, why: str) -> None:
        """Leave an article pending until its host may be asked again; that is no failed try."""
        with writing(self._db) as conn:
            conn.execute(
                "UPDATE articles SET next_try_at = ?, last_error = ? WHERE id = ?",
                (to_text(until), why, article.id),
            )

    def texts_without_vector(self, model: str, *, limit: int) -> list[str]:
        """Return sentence texts that this model has not embedded, each once."""
        rows = select(
            self._db,
            """
            SELECT substr(versions.text, sentences.start + 1, sentences."end" - sentences.start) AS text
            FROM sentences
            JOIN versions ON versions.id = sentences.version_id
            WHERE NOT EXISTS (
              SELECT 1 FROM vectors WHERE vectors.text_hash = sentences.text_hash AND vectors.model = ?
            )
            GROUP BY sentences.text_hash
            LIMIT ?
            """,
            model,
            limit,
        )
        return [row["text"] for row in rows]

    def add_vectors(self, model: str, vectors: Mapping[str, Vectors]) -> None:
        """Store the vectors of texts, by the hash of each text; one that is known stays."""
        with writing(self._db) as conn:
            conn.executemany(
                "INSERT INTO vectors (text_hash, model, vector) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(text_hash(text), model, v.astype(np.float32).tobytes()) for text, v in vectors.items()],
            )

    def vectors_of(self, texts: Sequence[str], model: str) -> dict[str, Vectors]:
        """Return the stored vectors of some texts, keyed by text; those not embedded yet are left out."""
        found = {}
        for text in texts:
            rows = select(
                self._db,
                "SELECT vector FROM vectors WHERE text_hash = ? AND model = ?",
                text_hash(text),
                model,
            )
            if rows:
                found[text] = np.frombuffer(rows[0]["vector"], dtype=np.float32)
        return found

    def vectors(self, version: Version, model: str) -> Vectors:
        """Return the vectors of a version's sentences, (s, d), in order. Raises KeyError if one is missing."""
        rows = select(
            self._db,
            """
            SELECT sentences.idx, vectors.vector FROM sentences
            LEFT JOIN vectors ON vectors.text_hash = sentences.text_hash AND vectors.model = ?
            WHERE sentences.version_id = ?
            ORDER BY sentences.idx
            """,
            model,
            version.id,
        )
        missing = [row["idx"] for row in rows if row["vector"] is None]
        if missing:
            raise KeyError(f"version {version.id}: sentences {missing} have no vector of {model}")
        return np.array([np.frombuffer(row["vector"], dtype=np.float32) for row in rows], dtype=np.float32)

    def version(self, version_id: int) -> Version:
        """Return a stored version with its sentences. Raises KeyError if there is none."""
        rows = select(
            self._db,
            """
            SELECT versions.*, articles.url, articles.outlet, articles.feed_published_at,
                   articles.first_seen_at
            FROM versions
            JOIN articles ON articles.id = versions.article_id
            WHERE versions.id = ?
            """,
            version_id,
        )
        if not rows:
            raise KeyError(version_id)
        row = rows[0]
        spans = select(
            self._db, 'SELECT idx, start, "end" FROM sentences WHERE version_id = ? ORDER BY idx', version_id
        )
        text = row["text"]
        sentences = tuple(Sentence(s["idx"], s["start"], s["end"], text[s["start"] : s["end"]]) for s in spans)
        stated = [to_moment_or_none(row[column]) for column in ("published_at", "feed_published_at")]
        day = believed(*stated, first_seen=to_moment(row["first_seen_at"]))
        return Version(
            id=row["id"],
            article_id=row["article_id"],
            url=row["url"],
            title=row["title"],
            lang=row["lang"],
            day=day,
            text=text,
            sentences=sentences,
            outlet=row["outlet"],
        )

    def search(self, words: str, *, limit: int) -> list[dict[str, str | None]]:
        """Find the newest versions whose headline or text holds all the words; diacritics do not matter.

        Returns rows with url, outlet, title, lang, published_at, read_at and excerpt, newest first.
        Ordered by row, not by rank: ranking a frequent word takes seconds at a million articles.
        """
        plain = words.replace('"', " ").replace("\0", " ")
        terms = " ".join(f'"{word}"' for word in spaced(plain).split("\t") if word.strip())
        if not terms:
            return []
        rows = select(
            self._db,
            """
            SELECT articles.url, articles.outlet, versions.title, versions.lang, versions.read_at,
                   coalesce(versions.published_at, articles.feed_published_at) AS published_at,
                   snippet(versions_fts, 1, '', '', ' … ', 24) AS excerpt
            FROM versions_fts
            JOIN versions ON versions.id = versions_fts.rowid
            JOIN articles ON articles.id = versions.article_id
            WHERE versions_fts MATCH ?
              AND versions.id = (SELECT max(id) FROM versions AS newest WHERE newest.article_id = articles.id)
            ORDER BY versions_fts.rowid DESC
            LIMIT ?
            """,
            terms,
            limit,
        )
        return [dict(row) for row in rows]

    def read_between(self, since: datetime | None, until: datetime) -> int:
        """Count the versions read in (since, until]."""
        rows = select(
            self._db,
            "SELECT count(*) AS n FROM versions WHERE (?1 IS NULL OR read_at > ?1) AND read_at <= ?2",
            to_text(since),
            to_text(until),
        )
        return int(rows[0]["n"])

    def states(self) -> dict[str, int]:
        """Count the articles in each state."""
        rows = select(self._db, "SELECT state, count(*) AS n FROM articles GROUP BY state ORDER BY state")
        return {row["state"]: row["n"] for row in rows}


def spaced(words: str) -> str:
    """Separate words by tabs; a word of CJK characters becomes a phrase of single ones."""
    return "\t".join(" ".join(CJK.sub(r" \g<0> ", word).split()) for word in words.split())


def _insert_version(
    conn: sqlite3.Connection,
    article_id: int,
    extract: Extract,
    *,
    lang: str | None,
    page_url: str,
    now: datetime,
) -> int:
    words = f"{extract.title} {extract.text}"
    terms = CJK.sub(r" \g<0> ", words) if CJK.search(words) else None
    row = conn.execute(
        """
        INSERT INTO versions (article_id, read_at, page_url, title, author, published_at, modified_at, lang,
                              text, terms, content_hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        RETURNING id
        """,
        (
            article_id,
            to_text(now),
            page_url,
            extract.title,
            extract.author,
            to_text(extract.published_at),
            to_text(extract.modified_at),
            lang,
            extract.text,
            terms,
            text_hash(f"{extract.title}\n{extract.text}"),
        ),
    ).fetchone()
    return int(row[0])
