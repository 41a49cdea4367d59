"""The baseline, its claims and their wordings."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.read.days import first_day
from monitor.records import Baseline, Claim, ClaimRevision
from monitor.store.rows import select, to_text, writing


class Claims:
    """Everything stored about the baseline and its claims."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def sync(self, baseline: Baseline, *, now: datetime) -> None:
        """Make the stored claims those of the claims file.

        A new wording is a new revision, to which findings belong; a dropped claim keeps its findings.
        """
        with writing(self._db) as conn:
            conn.execute(
                """
                INSERT INTO baselines (id, title, lang, published, url)
                VALUES (1, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE
                SET title = excluded.title, lang = excluded.lang, published = excluded.published,
                    url = excluded.url
                """,
                (baseline.title, baseline.lang, baseline.published, baseline.url),
            )
            conn.execute("UPDATE claims SET listed = 0")
            conn.executemany(
                """
                INSERT INTO claims (id, text, lang, watch, listed, position)
                VALUES (?, ?, ?, ?, 1, ?)
                ON CONFLICT (id) DO UPDATE
                SET text = excluded.text, lang = excluded.lang, watch = excluded.watch, listed = 1,
                    position = excluded.position
                """,
                [(c.id, c.text, c.lang, int(c.watch), place) for place, c in enumerate(baseline.claims)],
            )
            conn.executemany(
                """
                INSERT INTO claim_revisions (claim_id, text, lang, since)
                VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [(c.id, c.text, c.lang, to_text(now)) for c in baseline.claims],
            )

    def baseline(self) -> Baseline | None:
        """Return the stored baseline with its listed claims, in the order of the file; None before the first."""
        rows = select(self._db, "SELECT * FROM baselines")
        if not rows:
            return None
        row = rows[0]
        claims = tuple(
            Claim(claim["id"], claim["text"], claim["lang"], bool(claim["watch"]), first_day(row["published"]))
            for claim in select(self._db, "SELECT * FROM claims WHERE listed = 1 ORDER BY position")
        )
        return Baseline(row["title"], row["lang"], row["published"], row["url"], claims)

    def watched(self) -> list[ClaimRevision]:
        """Return the claims that are looked for, in their wording of now, in the order of the file."""
        rows = select(
            self._db,
            """
            SELECT claim_revisions.id AS revision_id, claims.*, (SELECT published FROM baselines) AS published
            FROM claims
            JOIN claim_revisions ON claim_revisions.claim_id = claims.id
             AND claim_revisions.text = claims.text
             AND claim_revisions.lang = claims.lang
            WHERE claims.listed = 1 AND claims.watch = 1
            ORDER BY claims.position
            """,
        )
        return [
            ClaimRevision(
                row["revision_id"], Claim(row["id"], row["text"], row["lang"], day=first_day(row["published"]))
            )
            for row in rows
        ]
