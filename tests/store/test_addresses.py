"""Which article an entry or an address is: laws, and what an older database brings along."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.feed_records import Entry
from monitor.records import Lead
from monitor.store import Store, open_store
from monitor.store.entries import ADDRESSES_PER_ARTICLE
from monitor.store.migrations import migrations
from tests.store.filling import COURRIER, DAY, HOUR, NOW, bring, entry, feed_of, known_article, page, read

TEXT = "The dam above the valley broke on Monday night after three days of rain. " * 8


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with open_store(":memory:") as opened:
        yield opened


def leads_to(store: Store) -> dict[str, tuple[int, int]]:
    """Return the article of each address, and whether it is sure."""
    return {row["address"]: (row["article_id"], row["sure"]) for row in store.db.query("SELECT * FROM addresses")}


def test_an_older_database_knows_its_addresses_afterwards() -> None:
    """What was read keeps its addresses; what is the same, or waits at one of these, leads there."""
    db = Database(sqlite3.connect(":memory:"))
    migrations.apply(db, stop_before="m004_add_addresses")
    rows = [
        (1, "http://g.example/short", "https://g.example/long", "read", None),
        (2, "https://g.example/amp/long", None, "same", 1),
        (3, "https://g.example/long", None, "failed", None),
        (4, "https://g.example/new?id=1", None, "pending", None),
        (5, "http://g.example/new?id=1", "http://g.example/new?id=1", "read", None),
        (6, "https://g.example/lie", "https://g.example/amp/long", "read", None),
    ]
    db.conn.executemany(
        """
        INSERT INTO articles (id, url, canonical_url, state, same_as, outlet, feed_title, first_seen_at,
                              next_try_at)
        VALUES (?, ?, ?, ?, ?, 'g', 't', '2026-11-22T06:00:00Z', '2026-11-22T06:00:00Z')
        """,
        rows,
    )
    migrations.apply(db)
    found = {row["address"]: (row["article_id"], row["sure"]) for row in db.query("SELECT * FROM addresses")}
    assert found == {
        "g.example/short": (1, 1),
        "g.example/amp/long": (1, 1),
        "g.example/long": (1, 1),
        "g.example/new?id=1": (5, 1),
        "g.example/lie": (6, 1),
    }
    assert db.execute("SELECT count(*) FROM articles").fetchone() == (6,)


def test_a_feed_has_one_row_for_each_article(store: Store) -> None:
    """However often its guids change, and whatever they were."""
    feed = feed_of(store)
    for number in range(50):
        bring(store, feed, entry("https://g.example/1", guid=f"g{number}"), now=NOW + number * HOUR)
    assert (store.count("articles"), store.count("entries"), store.count("addresses")) == (1, 1, 1)


def test_links_with_a_session_do_not_fill_the_table(store: Store) -> None:
    """The guid knows the article; its addresses have a limit."""
    feed = feed_of(store)
    for number in range(50):
        bring(store, feed, entry(f"https://g.example/1?session={number}", guid="g"))
    assert (store.count("articles"), store.count("entries")) == (1, 1)
    assert store.count("addresses") == ADDRESSES_PER_ARTICLE


@pytest.mark.parametrize(
    ("second", "articles"),
    [
        (entry("https://g.example/1", guid="g", title="Other"), 1),
        (entry("https://g.example/2", guid="g", title=" flood! "), 1),
        (entry("https://g.example/2", guid="g", title="Other"), 2),
        (entry("https://g.example/2", guid="g", title=""), 2),
        (entry("https://g.example/2", guid="h"), 2),
        (entry("http://g.example/1", guid="h", title="Other"), 1),
    ],
)
def test_a_guid_counts_while_address_or_headline_stay(store: Store, second: Entry, articles: int) -> None:
    """Both changed: the guid is used again. Without a headline nothing speaks for the guid."""
    feed = feed_of(store)
    bring(store, feed, entry("https://g.example/1", guid="g"))
    bring(store, feed, second)
    assert store.count("articles") == articles
    assert store.count("entries") == articles
    bring(store, feed, second, entry("https://g.example/1", guid="g"))
    assert store.count("articles") == articles


@pytest.mark.parametrize(("title", "new"), [("Flood", 0), ("Other", 1), ("", 1)])
def test_what_only_a_page_says_about_an_address_needs_the_headline(store: Store, title: str, new: int) -> None:
    """A page may name the address of another article; then that one takes its address back."""
    first = known_article(store, "https://g.example/1")
    told = "https://g.example/told"
    extract = page("The dam broke.")
    store.articles.add_version(
        first, extract, lang="en", sentences=[], page_url=first.url, now=NOW, leads=[Lead(told, sure=False)]
    )
    assert bring(store, feed_of(store, COURRIER), entry(told, title=title)) == new
    assert leads_to(store)["g.example/told"] == (first.id + new, 1)


def test_an_address_that_is_sure_brings_the_one_that_waits_along(store: Store) -> None:
    """The server led there, so its page is in hand: no second request."""
    first, second = known_article(store, "https://g.example/1"), known_article(store, "https://g.example/2")
    third = known_article(store, "https://g.example/3")
    leads = [Lead(second.url, sure=True), Lead(third.url, sure=False)]
    store.articles.add_version(
        first, page("The dam broke."), lang="en", sentences=[], page_url=first.url, now=NOW, leads=leads
    )
    assert [store.articles.is_pending(article) for article in (first, second, third)] == [False, False, True]
    assert leads_to(store) == {f"g.example/{n}": (3 if n == 3 else 1, 1) for n in (1, 2, 3)}
    # What was read stays, whatever leads there.
    read(store, third, "Nine people died.")
    store.articles.add_version(
        first,
        page("The dam broke twice."),
        lang="en",
        sentences=[],
        page_url=first.url,
        now=NOW,
        leads=[Lead(third.url, sure=True)],
    )
    assert store.articles.states() == {"read": 2, "same": 1}


def test_articles_are_found_by_their_words_within_some_days(store: Store) -> None:
    """The page's date, else that of the feed, else the first sight of it; not the article itself."""
    first = known_article(store, "https://g.example/1")
    read(store, first, TEXT, at=NOW - 3 * DAY)
    second = known_article(store, "https://g.example/2", now=NOW + DAY)
    found = store.addresses.with_content(second, page(TEXT), within=4 * DAY)
    assert [(one.id, one.url, one.title, one.text) for one in found] == [(first.id, first.url, "Flood", TEXT)]
    assert store.addresses.with_content(second, page(TEXT), within=4 * DAY - timedelta(seconds=1)) == []
    assert store.addresses.with_content(second, page(TEXT, at=NOW - 2 * DAY), within=DAY) == found
    assert store.addresses.with_content(second, page(TEXT, title="Other"), within=9 * DAY) == []
    assert store.addresses.with_content(first, page(TEXT), within=9 * DAY) == []


@dataclass(frozen=True, slots=True)
class Told:
    """How a feed tells one of some articles: in which of its forms, and with which guid."""

    article: int
    scheme: str
    guid: str | None
    feed: int

    @property
    def entry(self) -> Entry:
        """What the feed's parser makes of it."""
        url = f"{self.scheme}://g.example/{self.article}"
        return Entry(self.guid or url, url, f"Story {self.article}", None)


TOLD = st.builds(
    Told,
    st.integers(1, 4),
    st.sampled_from(["http", "https"]),
    st.none() | st.sampled_from(["g", "h", "1", "2"]),
    st.integers(0, 1),
)


@settings(max_examples=25, deadline=None)  # each opens a store for each order
@given(st.lists(st.lists(TOLD, max_size=5), max_size=5))
def test_the_order_of_polls_does_not_change_the_number_of_articles(polls: Sequence[Sequence[Told]]) -> None:
    """Guids are missing, change, and are used for several articles; http and https mix; feeds overlap."""
    counts = set()
    orders: list[list[Sequence[Told]]] = [
        list(polls),
        list(reversed(polls)),
        [list(reversed(poll)) for poll in polls],
    ]
    for order in orders:
        with open_store(":memory:") as store:
            feeds = [feed_of(store), feed_of(store, COURRIER)]
            for poll in [*order, *order]:
                for number, feed in enumerate(feeds):
                    brought = [told.entry for told in poll if told.feed == number]
                    bring(store, feed, *brought)
            counts.add((store.count("articles"), store.count("entries"), store.count("addresses")))
    articles = {told.article for poll in polls for told in poll}
    pairs = {(told.article, told.feed) for poll in polls for told in poll}
    assert counts == {(len(articles), len(pairs), len(articles))}
