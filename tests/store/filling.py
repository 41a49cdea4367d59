"""A flooded valley → rows: the small newsroom that the tests of the store and of the query pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.config import FeedSettings
from monitor.feed_records import Entry, Feed, GoodPoll, PollOutcome
from monitor.records import (
    ArticleToRead,
    Baseline,
    Claim,
    ClaimRevision,
    Extract,
    Finding,
    Manner,
    PairScores,
    Sentence,
    Stance,
    StepCount,
    Version,
)
from monitor.store import Store

NOW = datetime(2026, 11, 22, 6, 4, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GAZETTE = FeedSettings(url="https://gazette.example/feed", name="Gazette", lang="en")
COURRIER = FeedSettings(url="https://courrier.example/rss", name="Courrier", lang="fr")
DAM = Claim("C1", "The dam above the valley broke.", "en")
DEAD = Claim("C2", "Six people died in the flood.", "en")
MAYOR = Claim("C3", "The mayor knew of the cracks.", "en")
JUDGE = ("tiny-1", "rules-1")


@dataclass(frozen=True, slots=True)
class Found:
    """What a test wants found: the sentence, by its place, and what it does to the claim."""

    claim: Claim
    sentence: int
    stance: Stance = Stance.CONFIRMS
    manner: Manner = Manner.STATEMENT
    asserted_by: str | None = None
    figures: tuple[str | None, str | None] = (None, None)
    scores: PairScores = field(default_factory=lambda: PairScores(0.9, 0.08, 0.02, {"confirms": 0.9}))


def baseline(*claims: Claim) -> Baseline:
    """Name a baseline with these claims."""
    return Baseline("The flood", "en", "2026-10", None, claims)


def feed_of(store: Store, settings: FeedSettings = GAZETTE) -> Feed:
    """Return a feed as the store knows it, adding it to those that are listed."""
    known = [
        FeedSettings(url=row["url"], name=row["name"], lang=row["lang"])
        for row in store.db.query("SELECT url, name, lang FROM feeds WHERE listed = 1")
    ]
    store.feeds.sync([*known, settings], now=NOW)
    return next(feed for feed in store.feeds.due(now=NOW + 1000 * DAY) if feed.url == settings.url)


def bring(store: Store, feed: Feed, *entries: Entry, now: datetime = NOW, trouble: str | None = None) -> int:
    """Let a feed bring entries; return the number of new articles."""
    poll = GoodPoll(PollOutcome.NEWS, now + HOUR, etag='"a"', trouble=trouble)
    return store.articles.add_entries(feed, entries, now=now, polled=lambda news: poll)


def entry(url: str, *, guid: str | None = None, title: str = "Flood", at: datetime | None = None) -> Entry:
    """Make an entry; without a guid its address is the guid."""
    return Entry(guid or url, url, title, at)


def known_article(store: Store, url: str, *, feed: Feed | None = None, now: datetime = NOW) -> ArticleToRead:
    """Return the article at an address, letting a feed bring it first."""
    bring(store, feed or feed_of(store), entry(url), now=now)
    return next(a for a in store.articles.to_read(now=now + 1000 * DAY, limit=1000) if a.url == url)


def page(*sentences: str, title: str = "Flood", at: datetime | None = None, site: str | None = None) -> Extract:
    """Make what a page says out of its sentences."""
    return Extract(title, " ".join(sentences), None, site, at, None, None)


def sentences_of(*texts: str) -> list[Sentence]:
    """Say where sentences stand when a space joins them."""
    found, start = [], 0
    for index, text in enumerate(texts):
        found.append(Sentence(index, start, start + len(text), text))
        start += len(text) + 1
    return found


def read(
    store: Store,
    article: ArticleToRead,
    *sentences: str,
    title: str = "Flood",
    at: datetime | None = None,
    site: str | None = None,
    lang: str | None = "en",
    now: datetime = NOW,
) -> Version:
    """Store a version of an article that consists of these sentences, and return it as it is judged."""
    number = store.articles.add_version(
        article,
        page(*sentences, title=title, at=at, site=site),
        lang=lang,
        sentences=sentences_of(*sentences),
        page_url=article.url,
        now=now,
    )
    return store.articles.version(number)


def finding(version: Version, found: Found) -> Finding:
    """Make the finding that stands on a sentence of a version."""
    sentence = version.sentences[found.sentence]
    return Finding(
        claim_id=found.claim.id,
        stance=found.stance,
        manner=found.manner,
        sentence=sentence.index,
        start=sentence.start,
        end=sentence.end,
        evidence=sentence.text,
        asserted_by=found.asserted_by,
        figure_old=found.figures[0],
        figure_new=found.figures[1],
        score=0.87654,
        similarity=0.71,
        scores=found.scores,
        rules=("entails",),
        about=0.61718,
        rival="C2",
    )


def revision_of(store: Store, claim: Claim) -> ClaimRevision:
    """Return a watched claim as the store numbers it."""
    return next(revision for revision in store.claims.watched() if revision.claim.id == claim.id)


def judge(
    store: Store,
    version: Version,
    *found: Found,
    claim: Claim,
    judge_as: tuple[str, str] = JUDGE,
    now: datetime = NOW,
    error: str | None = None,
) -> int:
    """Judge a version for one claim, store what was found, and return the judge's number."""
    number = store.findings.judge_id(*judge_as, now=now)
    findings = [finding(version, one) for one in found]
    store.findings.add_judgement(
        version,
        revision_of(store, claim),
        number,
        findings,
        candidates=len(version.sentences),
        now=now,
        error=error,
    )
    return number


def judge_all(store: Store, version: Version, *found: Found, claims: Sequence[Claim], now: datetime = NOW) -> None:
    """Judge a version for several claims, as a round does."""
    for claim in claims:
        judge(store, version, *(f for f in found if f.claim == claim), claim=claim, now=now)


def fill(store: Store) -> None:
    """Store what two days of a small newsroom leave: three claims, two feeds, five articles, six findings."""
    claims = (DAM, DEAD, MAYOR)
    store.claims.sync(baseline(*claims), now=NOW - 2 * DAY)
    gazette, courrier = feed_of(store), feed_of(store, COURRIER)
    first = known_article(store, "https://gazette.example/1", feed=gazette, now=NOW - 2 * DAY)
    bring(store, courrier, entry(first.url, guid="c-1"), now=NOW - 2 * DAY)
    second = known_article(store, "https://courrier.example/2", feed=courrier, now=NOW - DAY)
    dead_end = known_article(store, "https://gazette.example/3", feed=gazette, now=NOW - DAY)
    copied = known_article(store, "https://courrier.example/4", feed=courrier, now=NOW - DAY)
    known_article(store, "https://gazette.example/5", feed=gazette)
    version = read(
        store,
        first,
        "The dam broke, the valley's council said.",
        "At least nine people died.",
        "The mayor <script>alert(1)</script> may have known.",
        at=NOW - 2 * DAY,
        site="The Gazette",
        now=NOW - 2 * DAY,
    )
    judge_all(
        store,
        version,
        Found(DAM, 0, asserted_by="the valley's council"),
        Found(DEAD, 1, Stance.UPDATES, figures=("Six people", "nine people")),
        Found(DEAD, 1, Stance.CONTRADICTS, figures=("Six people", "nine people")),
        claims=claims,
        now=NOW - 2 * DAY,
    )
    version = read(
        store,
        second,
        "La société du barrage dément toute rupture.",
        "Douze personnes sont mortes.",
        "Le nombre des morts n'a pu être vérifié <b>encore</b>.",
        title="Crue : la société dément",
        at=NOW - DAY,
        site="Le Courrier",
        lang="fr",
        now=NOW - HOUR,
    )
    judge_all(
        store,
        version,
        Found(DAM, 0, Stance.CONTRADICTS, Manner.DENIAL, asserted_by="La société du barrage"),
        Found(DEAD, 1, Stance.UPDATES, figures=("Six people", "Douze personnes")),
        Found(DEAD, 2, Stance.MENTIONS, Manner.UNVERIFIED),
        claims=claims,
        now=NOW - HOUR,
    )
    store.articles.read_failed(dead_end, error="answered 404", next_try_at=None)
    store.articles.mark_same(copied, version.article_id)
    store.feeds.failed(courrier, now=NOW, next_check_at=NOW + HOUR, error="answered 503")
    store.digests.put(NOW.date(), since=None, until=NOW - DAY, body="{}")
    store.rounds.add([StepCount("poll", 2, 1), StepCount("read", 4, 1, "1 page had no text")], now=NOW)
