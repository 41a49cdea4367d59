"""A page that was read → the article it is: one that is known under another address, or one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from monitor.collect.twins import address_key, is_hub_of, original_url, twin_key
from monitor.collect.urls import clean_url
from monitor.read.families import registered_domain
from monitor.read.sameness import is_long_enough, may_be_one
from monitor.records import ArticleToRead, Extract, Lead, ReadArticle
from monitor.store import Store

# A newsroom moves or publishes an article again within days; later, the same words may be an anniversary.
SAME_TEXT_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which article a page is.

    same_as: the article that was read before under another address; None if the page is an article of its own.
    own_url: the address this one is known by. leads: the others that lead to it.
    """

    same_as: int | None
    own_url: str
    leads: tuple[Lead, ...]


def identify(store: Store, article: ArticleToRead, extract: Extract, *, page_url: str) -> Identity:
    """Decide which article a page is, by where the server led, what the page says of itself, and its text.

    An address proves nothing alone: redirects lead to front pages, and pages name the address of another. So the
    texts must agree too. Merging two articles would lose one; storing one twice is only counted twice.
    """
    told, led = _cleaned(extract.canonical_url) or article.url, _cleaned(page_url) or article.url
    amp = _cleaned(extract.amp_url) or article.url
    leads = tuple(_leads(article.url, told=told, led=led, amp=amp))
    for lead in leads:
        known = store.addresses.read_at(lead.url)
        if known and known.id != article.id and may_be_one(extract.title, extract.text, known.title, known.text):
            return Identity(known.id, known.url, leads)
    for known in _of_same_content(store, article, extract):
        if registered_domain(known.url) == registered_domain(article.url):
            return Identity(known.id, known.url, leads)
    usable = [lead.url for lead in leads if store.addresses.is_open(lead, article)]
    own = next((url for url in (told, led) if url in usable or url == article.url), article.url)
    return Identity(None, own, leads)


def _of_same_content(store: Store, article: ArticleToRead, extract: Extract) -> list[ReadArticle]:
    if not is_long_enough(extract.text):
        return []
    return store.addresses.with_content(article, extract, within=SAME_TEXT_WITHIN)


def _leads(url: str, *, told: str, led: str, amp: str) -> Iterator[Lead]:
    """Yield the addresses of a page besides the one it was found at, no section and no front page among them."""
    seen = {address_key(url)}
    for other in (led, told, amp):
        if address_key(other) not in seen and not is_hub_of(other, url):
            seen.add(address_key(other))
            yield Lead(other, sure=other == led or twin_key(other) in (twin_key(url), twin_key(led)))


def _cleaned(url: str | None) -> str | None:
    return clean_url(original_url(url)) if url else None
