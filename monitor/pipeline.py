"""The steps in order: ask for what is pending → decide → store the result in one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from monitor.collect.feeds import parse_feed
from monitor.collect.fetch import Fetcher
from monitor.collect.schedule import next_check, next_try
from monitor.collect.urls import clean_url, host_of
from monitor.config import Settings
from monitor.errors import FeedError, FetchError, ModelError, MonitorError, ReadError
from monitor.judge.candidates import choose
from monitor.judge.context import context_of_sentence
from monitor.judge.model import Embedder, PairModel
from monitor.judge.stance import RULES_VERSION, Judged, decide
from monitor.read.page import ReadPage, read_page
from monitor.read.workers import Workers
from monitor.records import (
    ArticleToRead,
    Claim,
    ClaimRevision,
    Feed,
    Finding,
    Page,
    Pair,
    StepCount,
    Version,
)
from monitor.store import Store

log = logging.getLogger(__name__)

READ_ASKED = 500  # articles a round; the rest is pending and comes with the next
EMBED_ASKED = 1000  # texts asked for in one go, so that the store searches for them seldom
EMBED_AT_ONCE = 32  # texts, about a second: a step that is told to stop must not compute on for long
JUDGE_ASKED = 1000  # versions asked for in one go
JUDGE_RETRY = timedelta(hours=1)  # a judgement that failed is tried again after this
HOST_PAUSE = timedelta(minutes=15)  # for a server that says "too many requests" without saying how long

Vectors = NDArray[np.float32]
Asked = TypeVar("Asked", Feed, ArticleToRead)
Job = Callable[[Asked], Awaitable[None]]
Progress = Callable[[str, int, int], None]
Stop = Callable[[], bool]


def no_progress(step: str, done: int, total: int) -> None:
    """Tell nobody: the default of every step's `progress`."""


def never() -> bool:
    """Go on to the end: the default of every step's `stop`."""
    return False


@dataclass(frozen=True, slots=True)
class World:
    """What the steps reach the world through."""

    fetcher: Fetcher
    workers: Workers


@dataclass(frozen=True, slots=True)
class Models:
    """What the judge decides with."""

    embedder: Embedder
    scorer: PairModel

    @property
    def name(self) -> str:
        """Name both models: findings of another pair are other findings."""
        same = self.embedder.name == self.scorer.name
        return self.scorer.name if same else f"{self.scorer.name} after {self.embedder.name}"


async def poll(
    store: Store,
    world: World,
    settings: Settings,
    *,
    now: datetime,
    progress: Progress = no_progress,
    stop: Stop = never,
) -> StepCount:
    """Ask the feeds that are due for news, and store their entries.

    done: feeds that answered well. failed: feeds that did not. note: how many articles are new.
    """
    paused = set(store.feeds.blocked_hosts(now=now))
    due = [feed for feed in store.feeds.due(now=now) if host_of(feed.url) not in paused]
    new, done, failed, finished = 0, 0, 0, 0

    async def one(feed: Feed) -> None:
        nonlocal new, done, failed, finished
        if host_of(feed.url) not in paused:
            try:
                added = await _poll_feed(store, world, settings, feed, now=now)
                new, done = new + added, done + 1  # not `new += await`: others count while this one waits
            except (FetchError, FeedError, ReadError) as error:
                failed += 1
                _feed_failed(store, settings, feed, error, paused=paused, now=now)
        finished += 1
        progress("poll", finished, len(due))

    await _for_each(due, one, at_once=settings.collect.requests_per_host, stop=stop)
    return StepCount("poll", done, failed, f"{new} new articles")


async def _for_each(items: Sequence[Asked], job: Job[Asked], *, at_once: int, stop: Stop) -> None:
    """Do a job for each item, a few at once for each host. Where `stop` says so, the rest stays pending.

    Who waits for a turn here, and not in the fetcher, still sees that the host asked for a pause meanwhile.
    """
    turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    async def in_turn(item: Asked) -> None:
        async with turns[host_of(item.url)]:
            if not stop():
                await job(item)

    try:
        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(in_turn(item))
    except ExceptionGroup as several:  # a bug or a full disk: the first says it, and says it plainly
        first = several.exceptions[0]
        raise first from first.__cause__


async def _poll_feed(store: Store, world: World, settings: Settings, feed: Feed, *, now: datetime) -> int:
    """Ask one feed; return how many of its articles are new."""
    page = await world.fetcher.fetch(feed.url, etag=feed.etag, last_modified=feed.last_modified)
    every = timedelta(minutes=settings.collect.poll_minutes)
    due = next_check(now=now, failures=0, poll_every=every, key=feed.url)
    if page.status == 304:
        etag, modified = page.etag or feed.etag, page.last_modified or feed.last_modified
        store.feeds.checked(feed, now=now, next_check_at=due, etag=etag, last_modified=modified)
        return 0
    parsed = await world.workers.call(parse_feed, page.body, url=page.url, content_type=page.content_type)
    entries = [replace(entry, published_at=_not_after(entry.published_at, now)) for entry in parsed.entries]
    return store.articles.add_entries(
        feed,
        entries,
        now=now,
        next_check_at=due,
        etag=page.etag,
        last_modified=page.last_modified,
        trouble=parsed.trouble,
    )


def _not_after(stated: datetime | None, now: datetime) -> datetime | None:
    """Take a date in the future for the moment it was read: nobody publishes tomorrow."""
    return min(stated, now) if stated else None


def _feed_failed(
    store: Store,
    settings: Settings,
    feed: Feed,
    error: FetchError | FeedError | ReadError,
    *,
    paused: set[str],
    now: datetime,
) -> None:
    """Write a failed poll; a server that asks for a pause gets it for the whole host."""
    pause = _pause_host(store, feed.url, error, now=now)
    if pause:
        paused.add(host_of(feed.url))
    due = next_check(
        now=now,
        failures=feed.failures + 1,
        poll_every=timedelta(minutes=settings.collect.poll_minutes),
        retry_after=pause,
        key=feed.url,
    )
    store.feeds.failed(feed, now=now, next_check_at=due, error=error.why)
    log.warning("feed failed url=%s failures=%d why=%s", feed.url, feed.failures + 1, error.why)


def _pause_host(store: Store, url: str, error: MonitorError, *, now: datetime) -> timedelta | None:
    """Write down how long the host asked to be left alone, and return it; None if it did not ask."""
    if not isinstance(error, FetchError):
        return None
    pause = error.retry_after or (HOST_PAUSE if error.status == 429 else None)
    if pause:
        store.feeds.block_host(host_of(url), now=now, pause=pause, reason=error.why)
    return pause


async def read(
    store: Store,
    world: World,
    settings: Settings,
    *,
    now: datetime,
    progress: Progress = no_progress,
    stop: Stop = never,
) -> StepCount:
    """Fetch and read the articles that are pending. failed: those that could not be read this time."""
    paused = store.feeds.blocked_hosts(now=now)
    pending = store.articles.to_read(now=now, limit=READ_ASKED)
    done, failed, finished = 0, 0, 0

    async def one(article: ArticleToRead) -> None:
        nonlocal done, failed, finished
        until = paused.get(host_of(article.url))
        if until:
            store.articles.postpone(article, until=until)
        else:
            try:
                await _read_article(store, world, article, now=now)
                done += 1
            except (FetchError, ReadError) as error:
                failed += 1
                _article_failed(store, settings, article, error, paused=paused, now=now)
        finished += 1
        progress("read", finished, len(pending))

    await _for_each(pending, one, at_once=settings.collect.requests_per_host, stop=stop)
    return StepCount("read", done, failed)


async def _read_article(store: Store, world: World, article: ArticleToRead, *, now: datetime) -> None:
    page: Page = await world.fetcher.fetch(article.url)
    read: ReadPage = await world.workers.call(
        read_page, page.body, url=page.url, content_type=page.content_type, hint=article.lang
    )
    own_url = clean_url(read.extract.canonical_url or page.url) or article.url
    twin = store.articles.find_by_url(own_url)
    if twin is not None and twin != article.id:
        store.articles.mark_same(article, twin)
        return
    extract = replace(
        read.extract,
        canonical_url=own_url,
        published_at=_not_after(read.extract.published_at, now),
        modified_at=_not_after(read.extract.modified_at, now),
    )
    store.articles.add_version(
        article, extract, lang=read.lang, sentences=read.sentences, page_url=page.url, now=now
    )


def _article_failed(
    store: Store,
    settings: Settings,
    article: ArticleToRead,
    error: FetchError | ReadError,
    *,
    paused: dict[str, datetime],
    now: datetime,
) -> None:
    """Write a failed try. A pause the host asks for is no failure of the article."""
    pause = _pause_host(store, article.url, error, now=now)
    if pause:
        paused[host_of(article.url)] = now + pause
        store.articles.postpone(article, until=now + pause)
    else:
        final = isinstance(error, FetchError) and error.final
        again = None if final else next_try(now=now, tries=article.tries + 1, allowed=settings.read.tries)
        store.articles.read_failed(article, error=error.why, next_try_at=again)
    log.info("article not read url=%s why=%s", article.url, error.why)


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
    judge_id = store.findings.judge_id(models.name, RULES_VERSION, now=now)
    retry_before, done, found = now - JUDGE_RETRY, 0, 0
    while work := store.findings.pending(judge_id, retry_before=retry_before, limit=JUDGE_ASKED):
        total = done + len(work)
        for version_id, revision_ids in work.items():
            version = store.articles.version(version_id)
            wanted = [revisions[revision_id] for revision_id in revision_ids]
            counts = _judge_version(store, models, version, wanted, judge_id, now=now)
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
            judged = _score(version, claim, sentences, vectors[claim.text], models.scorer)
            findings = decide(claim, version, judged)
            store.findings.add_judgement(version, revision, judge_id, findings, candidates=len(judged), now=now)
            yield len(findings)
    except ModelError as error:
        store.findings.add_judgement(version, revision, judge_id, [], candidates=0, now=now, error=str(error))
        raise


def _score(version: Version, claim: Claim, sentences: Vectors, vector: Vectors, scorer: PairModel) -> list[Judged]:
    """Ask the model about the sentences of a version that could bear on a claim, in the order of the article.

    sentences: (s, d). vector: of the claim, (d,). One claim at a time: what is found for it must not depend, to
    the last bit, on which others are watched.
    """
    candidates = choose(sentences, vector[np.newaxis])
    chosen = [version.sentences[candidate.sentence] for candidate in candidates]
    scores = scorer.score([Pair(s.text, claim.text, context_of_sentence(version, s.index)) for s in chosen])
    return [
        Judged(sentence, candidate.similarity, score)
        for sentence, candidate, score in zip(chosen, candidates, scores, strict=True)
    ]


def judge_articles(
    articles: Iterable[tuple[str, Version]], claims: Sequence[Claim], models: Models
) -> Iterator[tuple[str, Finding]]:
    """Judge articles as the daemon would, without a store; yield each article's id with its findings."""
    watched = [claim for claim in claims if claim.watch]
    vectors = models.embedder.embed([claim.text for claim in watched])
    for article_id, version in articles:
        sentences = models.embedder.embed([sentence.text for sentence in version.sentences])
        for claim, vector in zip(watched, vectors, strict=True):
            judged = _score(version, claim, sentences, vector, models.scorer)
            for finding in decide(claim, version, judged):
                yield article_id, finding
