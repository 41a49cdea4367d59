"""Sentences without vectors, versions without judgements → vectors and findings in the store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray

from monitor.errors import ModelError
from monitor.judge.about import sense_of, tell_apart
from monitor.judge.asking import answered, ask
from monitor.judge.candidates import Candidate, choose
from monitor.judge.context import context_of_sentence, hypotheses
from monitor.judge.model import Embedder, PairModel
from monitor.judge.stance import RULES_VERSION, Judged, decide
from monitor.pipeline.steps import Models, Progress, Stop, never, no_progress
from monitor.records import Claim, ClaimRevision, Finding, Pair, PairScores, StepCount, Version
from monitor.store import Store

log = logging.getLogger(__name__)

EMBED_ASKED = 1000  # texts asked for in one go, so that the store searches for them seldom
EMBED_AT_ONCE = 32  # texts, about a second: a step that is told to stop must not compute on for long
JUDGE_ASKED = 1000  # versions asked for in one go
CLAIMS_AT_ONCE = 12  # asked about together, in a few seconds: the step can be told to stop between them
JUDGE_RETRY = timedelta(hours=1)  # a judgement that failed is tried again after this

Vectors = NDArray[np.float32]
Score = Callable[[Sequence[Pair]], Sequence[PairScores]]


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

    Another claim may take a sentence from this one, so a judge is one who knew certain claims: when the claims
    change, every version is judged again, but the model is asked only about what is new to it.
    A model that fails ends the step: the failure is written, a later round is the retry.
    done: versions. note: how many findings.
    """
    revisions, baseline = store.claims.watched(), store.claims.baseline()
    read_as = hypotheses(baseline.claims) if baseline else {}
    knows = [read_as[revision.claim.id] for revision in revisions]
    judge_id = store.findings.judge_id(models.name, RULES_VERSION, knows, now=now)
    retry_before, done, found = now - JUDGE_RETRY, 0, 0
    while work := store.findings.pending(judge_id, retry_before=retry_before, limit=JUDGE_ASKED):
        total = done + len(work)
        for version_id, revision_ids in work.items():
            version = store.articles.version(version_id)
            wanted = [revision for revision in revisions if revision.id in revision_ids]
            add = partial(store.findings.add_judgement, judge_id=judge_id, now=now)
            try:
                judged = _read_version(store, models, version, revisions, read_as, stop=stop)
            except ModelError as error:
                for revision in wanted:
                    add(version, revision, findings=[], candidates=0, error=str(error))
                log.warning("judge failed version=%d why=%s", version_id, error)
                return StepCount("judge", done, 1, f"{found} findings; {error}")
            if judged is None:
                return StepCount("judge", done, 0, f"{found} findings")
            for revision in wanted:
                findings = decide(revision.claim, version, judged[revision.claim.id])
                add(version, revision, findings=findings, candidates=len(judged[revision.claim.id]))
                found += len(findings)
            done += 1
            progress("judge", done, total)
    return StepCount("judge", done, 0, f"{found} findings")


def _read_version(
    store: Store,
    models: Models,
    version: Version,
    revisions: Sequence[ClaimRevision],
    read_as: Mapping[str, str],
    *,
    stop: Stop,
) -> dict[str, list[Judged]] | None:
    """Ask the model about a version with all claims; see score_sentences. Raises ModelError."""
    embedder, claims = models.embedder, [revision.claim for revision in revisions]
    # The step before embeds what it has time for; a version is not left waiting for the rest of the world.
    texts = [claim.text for claim in claims]
    _add_missing_vectors(store, embedder, [*texts, *(sentence.text for sentence in version.sentences)])
    sentences = store.articles.vectors(version, embedder.name)
    vectors = store.articles.vectors_of(texts, embedder.name)
    asked = {claim.id: AskedClaim(claim, read_as[claim.id], vectors[claim.text]) for claim in claims}
    return score_sentences(version, asked, sentences, Remembered(models.scorer, store).score, stop=stop)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A pair model that is asked about each pair once: what it said is kept in the store."""

    model: PairModel
    store: Store

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        """Score each pair, in the same order. Raises ModelError."""
        scores, name = self.store.scores, self.model.name
        said = {pair: known for pair in pairs if (known := scores.known(pair, name))}
        new = [pair for pair in dict.fromkeys(pairs) if pair not in said]
        if new:
            answers = dict(zip(new, self.model.score(new), strict=True))
            scores.add(answers, name)
            said |= answers
        return [said[pair] for pair in pairs]


@dataclass(frozen=True, slots=True)
class AskedClaim:
    """A claim as it is put to the models. read_as: its words for the pair model; vector: (d,), length 1."""

    claim: Claim
    read_as: str
    vector: Vectors


def score_sentences(
    version: Version, claims: Mapping[str, AskedClaim], sentences: Vectors, score: Score, *, stop: Stop = never
) -> dict[str, list[Judged]] | None:
    """Say what each sentence of a version that could bear on a claim says of it, and which claim it is about.

    claims: all that are watched, by id. sentences: (s, d). Returns the sentences of each claim, in the article's
    order; None if told to stop.
    """
    judged: dict[str, list[Judged]] = {}
    ids = list(claims)
    for start in range(0, len(ids), CLAIMS_AT_ONCE):
        if stop():
            return None
        some = {claim: claims[claim] for claim in ids[start : start + CLAIMS_AT_ONCE]}
        judged |= ask_model(version, some, sentences, score)
    senses = {name: sense_of(asked.claim, asked.vector) for name, asked in claims.items()}
    return tell_apart(judged, senses, version.lang)


def ask_model(
    version: Version, claims: Mapping[str, AskedClaim], sentences: Vectors, score: Score
) -> dict[str, list[Judged]]:
    """Ask the pair model about the sentences that could bear on each claim, in the article's order.

    The claims are asked about together, but what the model says of one does not depend, to the last bit, on which
    others there are.
    """
    chosen: list[list[Candidate]] = [[] for _ in claims]
    for candidate in choose(sentences, np.array([asked.vector for asked in claims.values()])):
        chosen[candidate.claim].append(candidate)
    asking = []
    for asked, candidates in zip(claims.values(), chosen, strict=True):
        near = [version.sentences[candidate.sentence] for candidate in candidates]
        pairs = {s.index: Pair(s.text, asked.read_as, context_of_sentence(version, s.index)) for s in near}
        asking.append(ask(candidates, pairs, version.lang))
    return {
        claim: [
            Judged(version.sentences[candidate.sentence], candidate.similarity, scores[candidate.sentence])
            for candidate in candidates
            if candidate.sentence in scores
        ]
        for claim, candidates, scores in zip(claims, chosen, answered(asking, score), strict=True)
    }


def judge_articles(
    articles: Iterable[tuple[str, Version]], claims: Sequence[Claim], models: Models
) -> Iterator[tuple[str, Finding]]:
    """Judge articles as the daemon would, without a store; yield each article's id with its findings."""
    watched, read_as = [claim for claim in claims if claim.watch], hypotheses(claims)
    vectors = models.embedder.embed([claim.text for claim in watched])
    asked = {claim.id: AskedClaim(claim, read_as[claim.id], v) for claim, v in zip(watched, vectors, strict=True)}
    for article_id, version in articles:
        sentences = models.embedder.embed([sentence.text for sentence in version.sentences])
        judged = score_sentences(version, asked, sentences, models.scorer.score) or {}
        for claim in watched:
            for finding in decide(claim, version, judged[claim.id]):
                yield article_id, finding
