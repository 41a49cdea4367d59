"""Story → HTML page: the article among all that publishers put around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import format_datetime
from functools import cache, partial
from pathlib import Path

import yaml
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.newsroom.outlets import AGENCY, FROM_AGENCY, Outlet
from monitor.newsroom.stories import Story

Words = Mapping[str, object]

LOCALES = {"en": "en_GB"}  # "8 October 2024"
RELATED, MOST_READ = 4, 5  # headlines in the two boxes


@dataclass(frozen=True, slots=True)
class _PageStory:
    """What a template shows of a story. day and day_in_words: None unless the day is known."""

    title: str
    url: str
    source: str | None
    day: str | None
    day_in_words: str | None
    paragraphs: tuple[str, ...]


@cache
def templates() -> Environment:
    """Load the templates of pages and feeds; every value is escaped."""
    loader = FileSystemLoader(Path(__file__).with_name("templates"))
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["rfc822"] = partial(format_datetime, usegmt=True)
    return environment


@cache
def words_of(lang: str) -> Words:
    """Give the words of navigation, banners and boxes in a language that an outlet is written in."""
    every = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    words: Words = every[lang]
    return words


def render_article(outlet: Outlet, stories: Sequence[Story], index: int) -> bytes:
    """Render the page of stories[index]; the outlet's other stories are the teasers around it."""
    story = stories[index]
    others = [*stories[index + 1 :], *stories[:index]]
    agency = AGENCY if story.article.id in FROM_AGENCY else None
    text = (
        templates()
        .get_template(f"{outlet.design}.html.j2")
        .render(
            outlet=outlet,
            lang=story.article.lang,
            words=words_of(outlet.lang),
            feeds=outlet.feeds,
            story=_view(story, outlet),
            related=[_view(other, outlet) for other in others[:RELATED]],
            most_read=[_view(other, outlet) for other in others[-MOST_READ:]],
            agency=agency,
            json_ld=_json_ld(story, outlet, agency),
        )
    )
    return text.encode()


def render_front(outlet: Outlet, stories: Sequence[Story]) -> bytes:
    """Render the front page of an outlet: its headlines, and its feeds in the head."""
    views = [_view(story, outlet) for story in stories]
    return _plain_page("front.html.j2", outlet, stories=views)


def render_pictures(outlet: Outlet) -> bytes:
    """Render a page of pictures, with no text to read."""
    return _plain_page("gallery.html.j2", outlet)


def _plain_page(template: str, outlet: Outlet, **values: object) -> bytes:
    words = words_of(outlet.lang)
    page = templates().get_template(template)
    return page.render(outlet=outlet, lang=outlet.lang, words=words, feeds=outlet.feeds, **values).encode()


def _view(story: Story, outlet: Outlet) -> _PageStory:
    article = story.article
    spelled = (
        format_date(date.fromisoformat(article.day), "long", locale=LOCALES.get(outlet.lang, outlet.lang))
        if article.day
        else None
    )
    return _PageStory(article.title, story.url, article.url, article.day, spelled, story.paragraphs)


def _json_ld(story: Story, outlet: Outlet, agency: str | None) -> dict[str, object]:
    publisher = {"@type": "NewsMediaOrganization", "name": outlet.name}
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.article.title,
        "mainEntityOfPage": story.url,
        "inLanguage": story.article.lang,
        "author": publisher,
        "publisher": publisher,
    }
    if story.article.day:
        data["datePublished"] = story.article.day
    if agency:
        data["creditText"] = agency
    return data
