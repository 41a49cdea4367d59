"""Sentences without vectors, versions without judgements → vectors and findings in the store."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from monitor.errors import ModelError
from monitor.judge.asking import ask
from monitor.judge.candidates import Candidate, choose
from monitor.judge.context import context_of_sentence, hypotheses, score_in_context
from monitor.judge.model import Embedder, PairModel
from monitor.judge.stance import RULES_VERSION, Judged, decide
from monitor.pipeline.steps import Models, Progress, Stop, never, no_progress
from monitor.records import Claim, ClaimRevision, Finding, Pair, PairScores, StepCount, Version
from monitor.store import Store

log = logging.getLogger(__name__)

EMBED_ASKED = 1000  # texts asked for in one go, so that the store searches for them seldom
EMBED_AT_ONCE = 32  # texts, about a second: a step that is told to stop must not compute on for long
JUDGE_ASKED = 1000  # versions asked for in one go
JUDGE_RETRY = timedelta(hours=1)  # a judgement that failed is tried again after this

Vectors = NDArray[np.float32]


def embed(store: Store, models: Models, *, progress: Progress = no_progress, stop: Stop = never) -> StepCount:
    """Compute the vector of every sentence and claim that has none from this model.

    A model that fails ends the step; the next round is the retry.
    """
    embedder, done = models.embedder, 0
    try:
        _add_missing_vectors(store, embedder, [revision.claim.text for revision in store.claims.watched()])
        waiting = store.articles.texts_without_vector(embedder.name, limit=EMBED_ASKED)
        while waiting and not stop():
            some, waiting = waiting[:EMBED_AT_ONCE], waiting[EMBED_AT_ONCE:]
            store.articles.add_vectors(embedder.name, dict(zip(some, embedder.embed(some), strict=True)))
            done += len(some)
            waiting = waiting or store.articles.texts_without_vector(embedder.name, limit=EMBED_ASKED)
            progress("embed", done, done + len(waiting))
    except ModelError as error:
        log.warning("embed failed why=%s", error)
        return StepCount("embed", done, 1, str(error))
    return StepCount("embed", done, 0)


def _add_missing_vectors(store: Store, embedder: Embedder, texts: Sequence[str]) -> None:
    known = store.articles.vectors_of(texts, embedder.name)
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        store.articles.add_vectors(embedder.name, dict(zip(missing, embedder.embed(missing), strict=True)))


def judge(
    store: Store, models: Models, *, now: datetime, progress: Progress = no_progress, stop: Stop = never
) -> StepCount:
    """Judge every version that is pending, for the claims it is pending for.

    A model that fails ends the step: the failure is written, a later round is the retry.
    done: versions. note: how many findings.
    """
    revisions = {revision.id: revision for revision in store.claims.watched()}
    baseline = store.claims.baseline()
    read_as = hypotheses(baseline.claims) if baseline else {}
    judge_id = store.findings.judge_id(models.name, RULES_VERSION, now=now)
    retry_before, done, found = now - JUDGE_RETRY, 0, 0
    while work := store.findings.pending(judge_id, retry_before=retry_before, limit=JUDGE_ASKED):
        total = done + len(work)
        for version_id, revision_ids in work.items():
            version = store.articles.version(version_id)
            wanted = [revisions[revision_id] for revision_id in revision_ids]
            counts = _judge_version(store, models, version, wanted, judge_id, now=now, read_as=read_as)
            try:
                for _ in wanted:
                    if stop():
                        return StepCount("judge", done, 0, f"{found} findings")
                    found += next(counts)
            except ModelError as error:
                log.warning("judge failed version=%d why=%s", version_id, error)
                return StepCount("judge", done, 1, f"{found} findings; {error}")
            done += 1
            progress("judge", done, total)
    return StepCount("judge", done, 0, f"{found} findings")


def _judge_version(
    store: Store,
    models: Models,
    version: Version,
    revisions: Sequence[ClaimRevision],
    judge_id: int,
    *,
    now: datetime,
    read_as: Mapping[str, str],
) -> Iterator[int]:
    """Judge a version for one claim after the other and store each, found or not; yield each number of findings.

    Raises ModelError once the failure is written to the claim it happened with.
    """
    embedder, claims = models.embedder, [revision.claim.text for revision in revisions]
    revision = revisions[0]
    try:
        # The step before embeds what it has time for; a version is not left waiting for the rest of the world.
        _add_missing_vectors(store, embedder, [*claims, *(sentence.text for sentence in version.sentences)])
        sentences = store.articles.vectors(version, embedder.name)
        vectors = store.articles.vectors_of(claims, embedder.name)
        for revision in revisions:
            claim = revision.claim
            judged = score_sentences(version, read_as[claim.id], sentences, vectors[claim.text], models.scorer)
            findings = decide(claim, version, judged)
            store.findings.add_judgement(version, revision, judge_id, findings, candidates=len(judged), now=now)
            yield len(findings)
    except ModelError as error:
        store.findings.add_judgement(version, revision, judge_id, [], candidates=0, now=now, error=str(error))
        raise


def score_sentences(
    version: Version, hypothesis: str, sentences: Vectors, vector: Vectors, scorer: PairModel
) -> list[Judged]:
    """Ask the model about the sentences of a version that could bear on a claim, in the order of the article.

    hypothesis: the claim as it is read. sentences: (s, d). vector: of the claim, (d,). One claim at a time: what
    is found for it must not depend, to the last bit, on which others are watched.
    """
    candidates = choose(sentences, vector[np.newaxis])

    def score(some: Sequence[Candidate]) -> list[PairScores]:
        chosen = [version.sentences[candidate.sentence] for candidate in some]
        pairs = [Pair(s.text, hypothesis, context_of_sentence(version, s.index)) for s in chosen]
        return score_in_context(pairs, version.lang, scorer.score)

    similarity = {candidate.sentence: candidate.similarity for candidate in candidates}
    return [
        Judged(version.sentences[place], similarity[place], scores)
        for place, scores in ask(candidates, score).items()
    ]


def judge_articles(
    articles: Iterable[tuple[str, Version]], claims: Sequence[Claim], models: Models
) -> Iterator[tuple[str, Finding]]:
    """Judge articles as the daemon would, without a store; yield each article's id with its findings."""
    watched, read_as = [claim for claim in claims if claim.watch], hypotheses(claims)
    vectors = models.embedder.embed([claim.text for claim in watched])
    for article_id, version in articles:
        sentences = models.embedder.embed([sentence.text for sentence in version.sentences])
        for claim, vector in zip(watched, vectors, strict=True):
            judged = score_sentences(version, read_as[claim.id], sentences, vector, models.scorer)
            for finding in decide(claim, version, judged):
                yield article_id, finding
