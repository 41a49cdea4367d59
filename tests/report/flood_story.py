"""A flood and a court case, all invented: the findings and digests that the tests of the report share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from monitor.feed_records import FailingFeed, SilentFeed
from monitor.records import Baseline, Claim, Finding, Manner, PairScores, Stance, StoredFinding
from monitor.report.digest import NO_FAMILIES, Digest, build_digest

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
TODAY = date(2026, 11, 22)
ZONE = "Europe/Berlin"

BASELINE = Baseline(
    title="What broke the Oberau dam?",
    lang="en",
    published="2026-10",
    url=None,
    claims=(
        Claim("F1", "The Oberau dam broke on 3 October 2026.", "en"),
        Claim("F2", "About 1,200 households had to leave their homes.", "en"),
        Claim("F3", "The river authority knew of cracks in the wall.", "en"),
        Claim("F4", "The court of Lindenau opened a case against the operator.", "en"),
        Claim("F5", "Der Betreiber will den Damm neu bauen.", "de"),
        Claim("F6", "Oberau has a bridge.", "en", watch=False),
    ),
)


def found(
    number: int,
    claim: str,
    stance: Stance,
    evidence: str,
    *,
    manner: Manner = Manner.STATEMENT,
    by: str | None = None,
    old: str | None = None,
    new: str | None = None,
    lang: str | None = "en",
    outlet: str = "The Valley Post",
    published: datetime | None = NOW - timedelta(hours=9),
    url: str | None = None,
    title: str | None = None,
    article: int | None = None,
    score: float = 0.874,
) -> StoredFinding:
    """Make a stored finding; number tells it, and its article, apart from the others."""
    finding = Finding(
        claim_id=claim,
        stance=stance,
        manner=manner,
        sentence=0,
        start=0,
        end=len(evidence),
        evidence=evidence,
        asserted_by=by,
        figure_old=old,
        figure_new=new,
        score=score,
        similarity=0.8,
        scores=PairScores(0.9, 0.06, 0.04),
        rules=("model",),
    )
    return StoredFinding(
        id=number,
        finding=finding,
        claim_text="",
        article_id=number if article is None else article,
        url=url or f"https://valley.example/news/{number}",
        outlet=outlet,
        title=title or f"Article {number}",
        lang=lang,
        published_at=published,
        found_at=NOW - timedelta(hours=1),
        model="fake",
        rules_version="1",
    )


SPREAD = "The dam at Oberau gave way on 3 October."

NEWS = (
    found(1, "F1", Stance.CONFIRMS, SPREAD, by="River authority", score=0.999),
    found(
        2,
        "F1",
        Stance.CONFIRMS,
        "انهار سد أوبيراو في الثالث من أكتوبر، بحسب مجلس الوادي.",
        by="مجلس الوادي",
        lang="ar",
        outlet="صوت النهر",
        title="انهيار السد",
    ),
    found(
        3,
        "F1",
        Stance.MENTIONS,
        "オーベラウのダムは、町の北にある。",
        lang="ja",
        outlet="川の新聞",
        title="北のダム",
    ),
    found(
        4,
        "F2",
        Stance.UPDATES,
        "Inzwischen mussten 1.750 Haushalte ihre Wohnungen verlassen.",
        by="Talrat",
        old="About 1,200",
        new="1.750 Haushalte",
        lang="de",
        outlet="Talbote",
    ),
    found(5, "F2", Stance.UPDATES, "Les foyers évacués peuvent rentrer dès lundi.", lang="fr", published=None),
    found(
        6,
        "F3",
        Stance.CONTRADICTS,
        "«Мы ничего не знали о трещинах», — заявило управление реки.",
        manner=Manner.DENIAL,
        by="управление реки",
        lang="ru",
        outlet="Речной вестник",
    ),
    found(
        7,
        "F3",
        Stance.CONTRADICTS,
        "רשות הנהר הכחישה שידעה על הסדקים.",
        manner=Manner.DENIAL,
        lang="he",
        outlet="קול העמק",
        title="הכחשה",
    ),
    found(8, "F1", Stance.CONFIRMS, "the dam at Oberau gave way on 3 October", outlet="Copy Courier"),
    found(9, "F1", Stance.CONFIRMS, SPREAD, outlet="Weekly Copy", published=None),
)

FAILING = (
    FailingFeed("Valley Radio", "https://radio.example/feed", NOW - timedelta(days=4), 97, "HTTP 503"),
    FailingFeed("Old Ledger", "https://ledger.example/rss", NOW - timedelta(days=9), 1, "no answer within 30 s"),
)


SILENT_FEEDS = (
    SilentFeed("Hill Notes", "https://hill.example/feed", NOW - timedelta(days=3, hours=2), timedelta(hours=26)),
    SilentFeed("Marsh Weekly", "https://marsh.example/rss", NOW - timedelta(days=15), None),
)


def flood_digest(
    news: tuple[StoredFinding, ...] = NEWS,
    *,
    since: datetime | None = SINCE,
    failing: tuple[FailingFeed, ...] = FAILING,
    silent_feeds: tuple[SilentFeed, ...] = (),
    families: Mapping[str, str] = NO_FAMILIES,
) -> Digest:
    """Build the digest of today."""
    return build_digest(
        day=TODAY,
        since=since,
        until=NOW,
        baseline=BASELINE,
        news=news,
        last_found={"F4": datetime(2026, 11, 18, 23, 30, tzinfo=UTC)},
        failing=failing,
        counts={"articles read": 1061, "findings": len(news)},
        silent_feeds=silent_feeds,
        families=families,
    )
