"""Judgements and findings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlite_utils import Database

from monitor.read.days import first_day
from monitor.records import Claim, ClaimRevision, Finding, Manner, PairScores, Stance, StoredFinding, Version
from monitor.store.rows import select, text_hash, to_moment, to_moment_or_none, to_text, writing
from monitor.utterances import Asserter, AsserterKind, Firmness, How, Kind, Utterance

_STORED = """
    SELECT findings.*, stands.claim_id, stands.claim, stands.article_id, stands.url, stands.outlet, stands.title,
           stands.lang, stands.published_at, claims.lang AS claim_lang,
           (SELECT published FROM baselines) AS baseline_published, judges.model,
           judges.rules AS rules_version, origins.origin_id,
           (SELECT group_concat(agency, char(10)) FROM credits WHERE version_id = findings.version_id) AS credits
    FROM findings
    JOIN current_findings AS stands ON stands.id = findings.id
    JOIN claims ON claims.id = stands.claim_id
    JOIN judges ON judges.id = findings.judge_id
    LEFT JOIN origins ON origins.article_id = stands.article_id
"""


class Findings:
    """Everything stored about what was decided."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def judge_id(self, model: str, rules: str, claims: Sequence[str] = (), *, now: datetime) -> int:
        """Return the number of a judge, and note that it is the one in use.

        claims: all among which it chooses what a sentence is about, as they are read; their order does not matter.
        """
        with writing(self._db) as conn:
            row = conn.execute(
                """
                INSERT INTO judges (model, rules, claims, last_used_at)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (model, rules, claims) DO UPDATE
                SET last_used_at = excluded.last_used_at
                RETURNING id
                """,
                (model, rules, text_hash("\n".join(sorted(claims))), to_text(now)),
            ).fetchone()
        return int(row[0])

    def pending(self, judge_id: int, *, retry_before: datetime, limit: int) -> dict[int, list[int]]:
        """Return what this judge has not judged: version → the revisions of watched claims.

        Only the newest version of each article counts. A judgement that failed before retry_before
        is pending again. limit: versions at most, newest first.
        """
        rows = select(
            self._db,
            """
            WITH wanted AS (
              SELECT claim_revisions.id FROM claims
              JOIN claim_revisions ON claim_revisions.claim_id = claims.id
               AND claim_revisions.text = claims.text
               AND claim_revisions.lang = claims.lang
              WHERE claims.listed = 1 AND claims.watch = 1
            ),
            waiting AS (
              SELECT version.id, wanted.id AS revision_id FROM versions AS version JOIN wanted
              WHERE version.id = (SELECT max(id) FROM versions WHERE article_id = version.article_id)
                AND NOT EXISTS (
                  SELECT 1 FROM judgements
                  WHERE version_id = version.id AND revision_id = wanted.id AND judge_id = ?1
                    AND (error IS NULL OR judged_at >= ?2)
                )
            )
            SELECT id, revision_id FROM waiting
            WHERE id IN (SELECT DISTINCT id FROM waiting ORDER BY id DESC LIMIT ?3)
            ORDER BY id DESC, revision_id
            """,
            judge_id,
            to_text(retry_before),
            limit,
        )
        work: dict[int, list[int]] = {}
        for row in rows:
            work.setdefault(row["id"], []).append(row["revision_id"])
        return work

    def add_judgement(
        self,
        version: Version,
        revision: ClaimRevision,
        judge_id: int,
        findings: Sequence[Finding],
        *,
        candidates: int,
        now: datetime,
        error: str | None = None,
    ) -> None:
        """Store that a version was judged for a claim, with what was found, in one transaction.

        Raises ValueError if a finding is about another claim, or its evidence is not the stored text
        at its offsets.
        """
        for finding in findings:
            if finding.claim_id != revision.claim.id:
                raise ValueError(f"a finding on {finding.claim_id} was handed in for {revision.claim.id}")
            if version.text[finding.start : finding.end] != finding.evidence:
                raise ValueError(f"version {version.id}: evidence of {finding.claim_id} is not verbatim")
        with writing(self._db) as conn:
            conn.execute(
                """
                INSERT INTO judgements (version_id, revision_id, judge_id, judged_at, candidates, error)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (version_id, revision_id, judge_id) DO UPDATE
                SET judged_at = excluded.judged_at, candidates = excluded.candidates, error = excluded.error
                """,
                (version.id, revision.id, judge_id, to_text(now), candidates, error),
            )
            for finding in findings:
                _insert_finding(
                    conn,
                    finding,
                    version_id=version.id,
                    revision_id=revision.id,
                    judge_id=judge_id,
                    now=to_text(now),
                )

    def current(
        self,
        *,
        claim: str | None = None,
        stance: Stance | None = None,
        since: datetime | None = None,
        limit: int = 1_000_000,
    ) -> list[StoredFinding]:
        """Return the findings that stand, newest article first. since: found at or after."""
        rows = select(
            self._db,
            _STORED
            + """
            WHERE (?1 IS NULL OR stands.claim_id = ?1)
              AND (?2 IS NULL OR findings.stance = ?2)
              AND (?3 IS NULL OR findings.found_at >= ?3)
            ORDER BY coalesce(stands.published_at, findings.found_at) DESC, findings.id
            LIMIT ?4
            """,
            claim,
            stance,
            to_text(since),
            limit,
        )
        return [_stored(row) for row in rows]

    def found_between(self, since: datetime | None, until: datetime) -> list[StoredFinding]:
        """Return the findings that stand and were new in (since, until], by claim and age.

        What an earlier judge or version already said of the article is not new; another figure in a
        new version is.
        """
        rows = select(
            self._db,
            _STORED
            + """
            WHERE (?1 IS NULL OR findings.found_at > ?1)
              AND findings.found_at <= ?2
              AND NOT EXISTS (
                SELECT 1 FROM findings AS earlier
                JOIN versions AS earlier_version ON earlier_version.id = earlier.version_id
                JOIN claim_revisions AS earlier_revision ON earlier_revision.id = earlier.revision_id
                WHERE earlier_version.article_id = stands.article_id
                  AND earlier_revision.claim_id = stands.claim_id
                  AND earlier.stance = findings.stance
                  AND (earlier.version_id = findings.version_id OR earlier.figure_new IS findings.figure_new)
                  AND earlier.found_at <= ?1
              )
            ORDER BY claims.position, coalesce(stands.published_at, findings.found_at), findings.id
            """,
            to_text(since),
            to_text(until),
        )
        return [_stored(row) for row in rows]

    def one(self, number: int) -> tuple[StoredFinding, Claim, int] | None:
        """Return a finding that stands, its claim and the number of its version; None if there is no such one."""
        rows = select(
            self._db,
            _STORED + "WHERE findings.id = ?",
            number,
        )
        if not rows:
            return None
        stored = _stored(rows[0])
        day = first_day(rows[0]["baseline_published"])
        claim = Claim(stored.finding.claim_id, stored.claim_text, rows[0]["claim_lang"], day=day)
        return stored, claim, rows[0]["version_id"]

    def last_found(self, *, until: datetime) -> Mapping[str, datetime]:
        """Return for each claim with a finding that stands when the last one was found, up to a moment."""
        rows = select(
            self._db,
            """
            SELECT claim_id, max(found_at) AS last FROM current_findings
            WHERE found_at <= ?
            GROUP BY claim_id
            """,
            to_text(until),
        )
        return {row["claim_id"]: to_moment(row["last"]) for row in rows}


def _insert_finding(
    conn: sqlite3.Connection, f: Finding, *, version_id: int, revision_id: int, judge_id: int, now: str
) -> None:
    conn.execute(
        """
        INSERT INTO findings (version_id, revision_id, judge_id, stance, manner, sentence, start, "end",
                              evidence, asserted_by, figure_old, figure_new, score, similarity, entails, neutral,
                              contradicts, stances, rules, found_at, kind, chain, how, firmness,
                              said_from, said_on, dated, about, rival)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """,
        (
            version_id,
            revision_id,
            judge_id,
            f.stance,
            f.manner,
            f.sentence,
            f.start,
            f.end,
            f.evidence,
            f.asserted_by,
            f.figure_old,
            f.figure_new,
            f.score,
            f.similarity,
            f.scores.entails,
            f.scores.neutral,
            f.scores.contradicts,
            json.dumps(dict(f.scores.stances)),
            json.dumps(f.rules),
            now,
            f.kind,
            *_utterance_columns(f.utterance),
            f.about,
            f.rival,
        ),
    )


def _utterance_columns(u: Utterance | None) -> tuple[str | int | None, ...]:
    """Return chain, how, firmness, said_from, said_on and dated, as they are stored."""
    if u is None:
        return (None,) * 6
    chain = [{"name": link.name, "kind": link.kind} for link in u.chain]
    days = (day.isoformat() if day else None for day in (u.earliest, u.day))
    return json.dumps(chain, ensure_ascii=False), u.how, u.firmness, *days, int(u.dated)


def _utterance(row: sqlite3.Row) -> Utterance | None:
    if row["chain"] is None:
        return None
    return Utterance(
        chain=tuple(Asserter(link["name"], AsserterKind(link["kind"])) for link in json.loads(row["chain"])),
        how=How(row["how"]),
        firmness=Firmness(row["firmness"]),
        earliest=date.fromisoformat(row["said_from"]) if row["said_from"] else None,
        day=date.fromisoformat(row["said_on"]) if row["said_on"] else None,
        dated=bool(row["dated"]),
    )


def _stored(row: sqlite3.Row) -> StoredFinding:
    finding = Finding(
        claim_id=row["claim_id"],
        stance=Stance(row["stance"]),
        manner=Manner(row["manner"]),
        sentence=row["sentence"],
        start=row["start"],
        end=row["end"],
        evidence=row["evidence"],
        asserted_by=row["asserted_by"],
        figure_old=row["figure_old"],
        figure_new=row["figure_new"],
        score=row["score"],
        similarity=row["similarity"],
        scores=PairScores(row["entails"], row["neutral"], row["contradicts"], json.loads(row["stances"])),
        rules=tuple(json.loads(row["rules"])),
        kind=Kind(row["kind"]) if row["kind"] else None,
        utterance=_utterance(row),
        about=row["about"],
        rival=row["rival"],
    )
    return StoredFinding(
        id=row["id"],
        finding=finding,
        claim_text=row["claim"],
        article_id=row["article_id"],
        url=row["url"],
        outlet=row["outlet"],
        title=row["title"],
        lang=row["lang"],
        published_at=to_moment_or_none(row["published_at"]),
        found_at=to_moment(row["found_at"]),
        model=row["model"],
        rules_version=row["rules_version"],
        origin_id=row["origin_id"],
        credits=tuple(row["credits"].split("\n")) if row["credits"] else (),
    )
