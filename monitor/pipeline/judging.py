"""Sentences without vectors, versions without judgements → vectors and findings in the store."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from monitor.errors import ModelError
from monitor.judge.asking import answered, ask
from monitor.judge.candidates import Candidate, choose
from monitor.judge.context import context_of_sentence, hypotheses
from monitor.judge.model import Embedder, PairModel
from monitor.judge.stance import RULES_VERSION, Judged, decide
from monitor.pipeline.steps import Models, Progress, Stop, never, no_progress
from monitor.records import Claim, ClaimRevision, Finding, Pair, StepCount, Version
from monitor.store import Store

log = logging.getLogger(__name__)

EMBED_ASKED = 1000  # texts asked for in one go, so that the store searches for them seldom
EMBED_AT_ONCE = 32  # texts, about a second: a step that is told to stop must not compute on for long
JUDGE_ASKED = 1000  # versions asked for in one go
CLAIMS_AT_ONCE = 12  # judged together, in a few seconds: the step can be told to stop between them
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
    """Judge a version for a few claims at a time, store each, found or not, and yield its number of findings.

    Raises ModelError once the failure is written to the claims it happened with.
    """
    embedder, claims = models.embedder, [revision.claim.text for revision in revisions]
    some = revisions[:CLAIMS_AT_ONCE]
    try:
        # The step before embeds what it has time for; a version is not left waiting for the rest of the world.
        _add_missing_vectors(store, embedder, [*claims, *(sentence.text for sentence in version.sentences)])
        sentences = store.articles.vectors(version, embedder.name)
        vectors = store.articles.vectors_of(claims, embedder.name)
        for start in range(0, len(revisions), CLAIMS_AT_ONCE):
            some = revisions[start : start + CLAIMS_AT_ONCE]
            asked = [(read_as[revision.claim.id], vectors[revision.claim.text]) for revision in some]
            for revision, judged in zip(
                some, score_sentences(version, asked, sentences, models.scorer), strict=True
            ):
                findings = decide(revision.claim, version, judged)
                store.findings.add_judgement(
                    version, revision, judge_id, findings, candidates=len(judged), now=now
                )
                yield len(findings)
    except ModelError as error:
        for revision in some:
            store.findings.add_judgement(version, revision, judge_id, [], candidates=0, now=now, error=str(error))
        raise


def score_sentences(
    version: Version, claims: Sequence[tuple[str, Vectors]], sentences: Vectors, scorer: PairModel
) -> list[list[Judged]]:
    """Ask the model about the sentences of a version that could bear on each claim, in the article's order.

    claims: each as it is read, with its vector, (d,). sentences: (s, d). They are asked about together, but what
    is found for one does not depend, to the last bit, on which others there are.
    """
    chosen: list[list[Candidate]] = [[] for _ in claims]
    for candidate in choose(sentences, np.array([vector for _, vector in claims])):
        chosen[candidate.claim].append(candidate)
    asking = []
    for (hypothesis, _), candidates in zip(claims, chosen, strict=True):
        near = [version.sentences[candidate.sentence] for candidate in candidates]
        pairs = {s.index: Pair(s.text, hypothesis, context_of_sentence(version, s.index)) for s in near}
        asking.append(ask(candidates, pairs, version.lang))
    return [
        [
            Judged(version.sentences[candidate.sentence], candidate.similarity, scores[candidate.sentence])
            for candidate in candidates
            if candidate.sentence in scores
        ]
        for candidates, scores in zip(chosen, answered(asking, scorer.score), strict=True)
    ]


def judge_articles(
    articles: Iterable[tuple[str, Version]], claims: Sequence[Claim], models: Models
) -> Iterator[tuple[str, Finding]]:
    """Judge articles as the daemon would, without a store; yield each article's id with its findings."""
    watched, read_as = [claim for claim in claims if claim.watch], hypotheses(claims)
    vectors = models.embedder.embed([claim.text for claim in watched])
    for article_id, version in articles:
        sentences = models.embedder.embed([sentence.text for sentence in version.sentences])
        asked = [(read_as[claim.id], vector) for claim, vector in zip(watched, vectors, strict=True)]
        for claim, judged in zip(watched, score_sentences(version, asked, sentences, models.scorer), strict=True):
            for finding in decide(claim, version, judged):
                yield article_id, finding
