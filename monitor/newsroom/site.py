"""Outlets → answers: every address of the newsroom and what a server says there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from monitor.newsroom.feeds import FeedItem, feed_item, newest_day, render_feed
from monitor.newsroom.outlets import REDIRECTED, SLOW, SLOW_S, FeedPlan, Outlet, Trouble
from monitor.newsroom.pages import render_article, render_front, render_pictures
from monitor.newsroom.stories import Story

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said at an address. delay_s: before it is said; busy_at_first: the first asker gets a 429."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0
    busy_at_first: bool = False


NOT_FOUND = Answer(b"<!DOCTYPE html><title>404</title><h1>404</h1>", HTML, 404)


def plain_address(url: str) -> str:
    """Drop the marks of campaigns (utm_...) from an address, as servers do when they look up a page."""
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if not key.startswith("utm_")]
    return parts._replace(query=urlencode(kept), fragment="").geturl()


def build_site(
    outlets: Sequence[Outlet], stories: Sequence[Sequence[Story]], bases: Sequence[str]
) -> dict[str, Answer]:
    """Render everything that the outlets serve, by absolute address. All three in one order."""
    site: dict[str, Answer] = {}
    for outlet, own, base in zip(outlets, stories, bases, strict=True):
        site[f"{base}/"] = Answer(render_front(outlet, own), HTML)
        for index, story in enumerate(own):
            slow = SLOW_S if story.article.id in SLOW else 0
            site[story.url] = Answer(render_article(outlet, own, index), HTML, delay_s=slow)
            if story.article.id in REDIRECTED:
                site[_link(story)] = Answer(b"", HTML, 301, {"Location": story.url})
        if outlet.loose_ends:
            site[f"{base}/pictures"] = Answer(render_pictures(outlet), HTML)
        linked = own or [story for others in stories for story in others]
        for plan in outlet.feeds:
            site[base + plan.path] = _feed_answer(outlet, plan, linked, base)
    return site


def _link(story: Story) -> str:
    """The address that feeds name: of a redirected story an old one."""
    if story.article.id not in REDIRECTED:
        return story.url
    parts = urlsplit(story.url)
    return f"{parts.scheme}://{parts.netloc}/archive?p={story.article.id}"


def _feed_answer(outlet: Outlet, plan: FeedPlan, stories: Sequence[Story], base: str) -> Answer:
    items = [feed_item(story, plan, _link(story)) for story in stories[:: plan.every]]
    if outlet.loose_ends:
        items += [
            FeedItem("Pictures", f"{base}/pictures", f"{base}/pictures", None, ""),
            FeedItem("Live", f"{base}/live/closed", f"{base}/live/closed", None, ""),
        ]
    body = render_feed(outlet, plan, items, base)
    charset = "windows-1251" if plan.trouble is Trouble.WRONG_CHARSET else "utf-8"
    headers: dict[str, str] = {}
    if plan.revalidates:
        headers["ETag"] = f'"{sha256(body).hexdigest()[:16]}"'
        headers["Last-Modified"] = format_datetime(newest_day(items), usegmt=True)
    busy = plan.trouble is Trouble.BUSY_AT_FIRST
    return Answer(body, f"{plan.format.value}; charset={charset}", 200, headers, busy_at_first=busy)
