"""Stories → feed: RSS 2.0, RSS 1.0, Atom or JSON Feed, with the faults that its plan asks for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.newsroom.outlets import UNDATED_IN_FEED, FeedPlan, Format, Outlet, Trouble
from monitor.newsroom.pages import templates, words_of
from monitor.newsroom.stories import Story

_TEMPLATES = {Format.RSS2: "rss2.xml.j2", Format.RSS1: "rss1.xml.j2", Format.ATOM: "atom.xml.j2"}


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An item as a feed tells it. at: None where the day is not known."""

    title: str
    link: str
    guid: str
    at: datetime | None
    lead: str


def feed_item(story: Story, plan: FeedPlan, link: str) -> FeedItem:
    """Make a feed's item of a story; link carries the feed's campaign, if it has one."""
    article = story.article
    dated = article.day is not None and article.id not in UNDATED_IN_FEED
    # The hour is not known: midnight stands for the day, as feeds with days only are read too.
    at = datetime.fromisoformat(f"{article.day}T00:00:00+00:00") if dated else None
    return FeedItem(
        article.title, _with_campaign(link, plan.campaign), f"urn:sample:{article.id}", at, story.paragraphs[0]
    )


def newest_day(items: Sequence[FeedItem]) -> datetime:
    """Give the day of the newest item; 2024-01-01 where none is dated."""
    return max((item.at for item in items if item.at), default=datetime(2024, 1, 1, tzinfo=UTC))


def render_feed(outlet: Outlet, plan: FeedPlan, items: Sequence[FeedItem], base: str) -> bytes:
    """Write a feed in its format. base: the address of the outlet, without a slash at its end."""
    if plan.format is Format.JSON:
        return _json_feed(outlet, plan, items, base)
    template = templates().get_template(_TEMPLATES[plan.format])
    text = template.render(
        outlet=outlet,
        plan=plan,
        items=items,
        home=f"{base}/",
        address=base + plan.path,
        words=words_of(outlet.lang),
        newest=newest_day(items),
        broken=plan.trouble is Trouble.BROKEN_XML,
    )
    return text.encode()


def _json_feed(outlet: Outlet, plan: FeedPlan, items: Sequence[FeedItem], base: str) -> bytes:
    rows = [
        {"id": item.guid, "url": item.link, "title": item.title, "content_text": item.lead}
        | ({"date_published": item.at.isoformat()} if item.at else {})
        for item in items
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/",
        "feed_url": base + plan.path,
        "language": outlet.lang,
        "items": rows,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _with_campaign(link: str, campaign: str) -> str:
    if not campaign:
        return link
    return f"{link}{'&' if '?' in link else '?'}utm_source={campaign}&utm_medium=feed"
