"""Entries, articles, versions, sentences, vectors and the full-text search."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from monitor.records import ArticleToRead, Extract, Lead, Sentence
from monitor.store import Store, open_store
from tests.store.filling import (
    COURRIER,
    DAY,
    HOUR,
    NOW,
    bring,
    entry,
    feed_of,
    known_article,
    page,
    read,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a real file."""
    with open_store(tmp_path / "monitor.db") as opened:
        yield opened


def titles(store: Store, words: str) -> list[str | None]:
    """Search, and return the headlines found."""
    return [row["title"] for row in store.articles.search(words, limit=10)]


def test_what_a_feed_brings_is_stored_with_the_check_itself(store: Store) -> None:
    """Entries and validators go in together: a crash between them would lose the entries for ever."""
    feed = feed_of(store)
    new = bring(store, feed, entry("https://g.example/1"), entry("https://g.example/2"), trouble="bad date")
    assert new == 2
    row = next(store.db.query("SELECT * FROM feeds"))
    assert (row["etag"], row["last_error"], row["failures"]) == ('"a"', "bad date", 0)
    assert row["last_good_at"] == row["last_checked_at"] == "2026-11-22T06:04:20Z"
    assert row["next_check_at"] == "2026-11-22T07:04:20Z"


def test_a_known_guid_brings_no_article(store: Store) -> None:
    """A feed that moves an item to another address means the same item."""
    feed = feed_of(store)
    bring(store, feed, entry("https://g.example/1", guid="g1"))
    assert bring(store, feed, entry("https://g.example/1?moved", guid="g1")) == 0
    assert (store.count("articles"), store.count("entries")) == (1, 1)


def test_a_known_address_brings_no_article(store: Store) -> None:
    """Guids that change at each poll (FAILURES, case 22) must not make articles."""
    feed = feed_of(store)
    bring(store, feed, entry("https://g.example/1", guid="g1"))
    assert bring(store, feed, entry("https://g.example/1", guid="g2")) == 0
    assert (store.count("articles"), store.count("entries")) == (1, 1)


def test_twins_in_one_answer_are_one_article(store: Store) -> None:
    """A feed may carry an item twice (FAILURES, case 37)."""
    assert bring(store, feed_of(store), entry("https://g.example/1"), entry("https://g.example/1")) == 1


def test_two_feeds_that_bring_one_article_share_it(store: Store) -> None:
    """It is fetched once, and both feeds are known to have brought it."""
    bring(store, feed_of(store), entry("https://g.example/1", guid="x"))
    assert bring(store, feed_of(store, COURRIER), entry("https://g.example/1", guid="x")) == 0
    assert (store.count("articles"), store.count("entries")) == (1, 2)


def test_a_feed_that_fails_midway_leaves_nothing(store: Store) -> None:
    """One bad entry takes the others back, so that the next poll brings them all."""
    feed = feed_of(store)
    with pytest.raises(ValueError, match="no time zone"):
        bring(store, feed, entry("https://g.example/1"), entry("https://g.example/2", at=NOW.replace(tzinfo=None)))
    assert (store.count("articles"), store.count("entries")) == (0, 0)


def test_articles_to_read_come_newest_first_and_up_to_the_limit(store: Store) -> None:
    """Fresh news is read before a backlog; what is not due stays out."""
    feed = feed_of(store)
    for age in (3, 1, 2):
        bring(store, feed, entry(f"https://g.example/{age}"), now=NOW - age * DAY)
    bring(store, feed, entry("https://g.example/later"), now=NOW + HOUR)
    urls = [article.url for article in store.articles.to_read(now=NOW, limit=2)]
    assert urls == ["https://g.example/1", "https://g.example/2"]


def test_hosts_take_turns_among_the_articles_to_read(store: Store) -> None:
    """A host that brings thousands at once keeps no other from the round."""
    feed = feed_of(store)
    for number in range(6):
        bring(store, feed, entry(f"https://g.example/{number}"))
    bring(store, feed, entry("https://small.example/old"), now=NOW - DAY)
    urls = [article.url for article in store.articles.to_read(now=NOW, limit=3)]
    assert urls == ["https://g.example/0", "https://small.example/old", "https://g.example/1"]


def test_a_failed_try_waits_and_counts(store: Store) -> None:
    """The next tick is the retry; the row says why."""
    article = known_article(store, "https://g.example/1")
    store.articles.read_failed(article, error="answered 500", next_try_at=NOW + HOUR)
    assert store.articles.to_read(now=NOW, limit=9) == []
    (again,) = store.articles.to_read(now=NOW + HOUR, limit=9)
    assert again == ArticleToRead(article.id, article.url, tries=1, lang="en", first_seen_at=NOW)


def test_giving_up_is_a_state(store: Store) -> None:
    """'Failed' is written, or it would be tried for ever."""
    article = known_article(store, "https://g.example/1")
    store.articles.read_failed(article, error="answered 410", next_try_at=None)
    assert store.articles.to_read(now=NOW + 1000 * DAY, limit=9) == []
    assert store.articles.states() == {"failed": 1}


def test_postponing_is_no_failed_try(store: Store) -> None:
    """A host that asks for a pause must not use up the article's tries."""
    article = known_article(store, "https://g.example/1")
    store.articles.postpone(article, until=NOW + HOUR, why="busy")
    assert store.articles.to_read(now=NOW, limit=9) == []
    assert store.articles.to_read(now=NOW + HOUR, limit=9) == [article]


def test_an_address_that_leads_to_a_known_article_is_done(store: Store) -> None:
    """The page behind a second address is not stored again."""
    first = known_article(store, "https://g.example/1")
    second = known_article(store, "https://g.example/amp/1")
    read(store, first, "The dam broke.")
    found = store.addresses.read_at("https://g.example/1")
    assert found
    assert (found.id, found.text) == (first.id, "The dam broke.")
    store.articles.mark_same(second, found.id)
    assert store.addresses.read_at("http://g.example/amp/1") == found
    assert store.articles.states() == {"read": 1, "same": 1}
    assert store.articles.to_read(now=NOW + 1000 * DAY, limit=9) == []


def test_an_unknown_address_finds_nothing(store: Store) -> None:
    """None, not an exception: most addresses are new."""
    assert store.addresses.read_at("https://g.example/none") is None


def test_an_article_is_found_by_the_address_of_its_page(store: Store) -> None:
    """The address a page gives itself is where the next feed may point."""
    article = known_article(store, "https://g.example/short")
    extract = Extract("Flood", "The dam broke.", None, None, None, None, "https://g.example/long")
    lead = Lead("https://g.example/long", sure=False)
    store.articles.add_version(
        article, extract, lang="en", sentences=[], page_url=article.url, now=NOW, leads=[lead]
    )
    found = store.addresses.read_at("https://g.example/long")
    assert found
    assert found.id == article.id


def test_a_version_comes_back_as_it_was_stored(store: Store) -> None:
    """Sentences rebuild from offsets, emoji and accents included."""
    article = known_article(store, "https://g.example/1")
    version = read(store, article, "Crue 🌊 à l'aube.", "Neuf morts.", title="La crue", at=NOW - DAY, lang="fr")
    assert [s.text for s in version.sentences] == ["Crue 🌊 à l'aube.", "Neuf morts."]
    assert all(version.text[s.start : s.end] == s.text for s in version.sentences)
    assert (version.title, version.lang, version.day, version.url) == ("La crue", "fr", NOW - DAY, article.url)


def test_the_date_in_the_feed_stands_in_for_a_missing_one(store: Store) -> None:
    """A page without a date still belongs to a day; a page's own date goes first."""
    feed = feed_of(store)
    bring(store, feed, entry("https://g.example/1", at=NOW - 3 * DAY))
    (article,) = store.articles.to_read(now=NOW, limit=1)
    assert read(store, article, "The dam broke.").day == NOW - 3 * DAY
    assert read(store, article, "The dam broke twice.", at=NOW - DAY).day == NOW - DAY


def test_an_unknown_version_is_a_key_error(store: Store) -> None:
    """Asking for what does not exist is a bug of the caller."""
    with pytest.raises(KeyError):
        store.articles.version(7)


def test_the_same_content_again_changes_nothing(store: Store) -> None:
    """Reading a page twice is not news."""
    article = known_article(store, "https://g.example/1")
    first = read(store, article, "The dam broke.")
    assert read(store, article, "The dam broke.", now=NOW + DAY) == first
    assert (store.count("versions"), store.count("sentences")) == (1, 1)


@pytest.mark.parametrize(("title", "text"), [("Flood", "The dam held."), ("Flood, revised", "The dam broke.")])
def test_changed_content_is_a_new_version(store: Store, title: str, text: str) -> None:
    """A new headline alone counts too; the old text stays for comparison."""
    article = known_article(store, "https://g.example/1")
    first = read(store, article, "The dam broke.")
    second = read(store, article, text, title=title, now=NOW + DAY)
    assert second.id > first.id
    assert store.articles.version(first.id) == first
    assert store.count("versions") == 2


@pytest.mark.parametrize(
    "wrong",
    [
        Sentence(0, 1, 15, "The dam broke."),
        Sentence(0, 0, 13, "The dam broke."),
        Sentence(0, 0, 14, "The dam broke!"),
        Sentence(0, 0, 0, ""),
    ],
)
def test_offsets_that_do_not_fit_are_refused(store: Store, wrong: Sentence) -> None:
    """Evidence is quoted by offset; a wrong one would put words into somebody's mouth."""
    article = known_article(store, "https://g.example/1")
    with pytest.raises(ValueError, match="is not the text at its offsets"):
        store.articles.add_version(
            article, page("The dam broke."), lang="en", sentences=[wrong], page_url=article.url, now=NOW
        )
    assert store.count("versions") == 0
    assert store.articles.states() == {"pending": 1}


def test_reading_names_the_outlet(store: Store) -> None:
    """The host stands in until a page says who published it, and stays where none does."""
    named, unnamed = known_article(store, "https://g.example/1"), known_article(store, "https://g.example:8080/2")
    read(store, named, "The dam broke.", site="The Gazette")
    read(store, unnamed, "The dam broke again.")
    outlets = {row["url"]: row["outlet"] for row in store.db.query("SELECT url, outlet FROM articles")}
    assert outlets == {named.url: "The Gazette", unnamed.url: "g.example:8080"}


def test_reading_ends_the_failures(store: Store) -> None:
    """A page that comes at the second try is read, and its old trouble is over."""
    article = known_article(store, "https://g.example/1")
    store.articles.read_failed(article, error="answered 500", next_try_at=NOW)
    read(store, article, "The dam broke.")
    assert next(store.db.query("SELECT state, last_error FROM articles")) == {"state": "read", "last_error": None}


def test_copied_sentences_are_embedded_once(store: Store) -> None:
    """Ten copies of an agency story cost one vector for each sentence."""
    for number in (1, 2):
        read(store, known_article(store, f"https://g.example/{number}"), "The dam broke.", f"Text {number}.")
    assert sorted(store.articles.texts_without_vector("tiny", limit=9)) == ["Text 1.", "Text 2.", "The dam broke."]
    assert len(store.articles.texts_without_vector("tiny", limit=2)) == 2


def test_vectors_belong_to_a_model(store: Store) -> None:
    """A new model embeds everything again; the old vectors stay, and are never mixed in."""
    version = read(store, known_article(store, "https://g.example/1"), "The dam broke.", "Nine died.")
    vectors = {"The dam broke.": np.array([1, 0], np.float32), "Nine died.": np.array([0, 1], np.float32)}
    store.articles.add_vectors("tiny", vectors)
    store.articles.add_vectors("tiny", {"Nine died.": np.array([9, 9], np.float32)})
    assert store.articles.texts_without_vector("tiny", limit=9) == []
    assert len(store.articles.texts_without_vector("large", limit=9)) == 2
    assert store.articles.vectors(version, "tiny").tolist() == [[1, 0], [0, 1]]
    found = store.articles.vectors_of(["Nine died.", "Unknown."], "tiny")
    assert {text: vector.tolist() for text, vector in found.items()} == {"Nine died.": [0, 1]}
    with pytest.raises(KeyError, match=r"sentences \[0, 1\] have no vector of large"):
        store.articles.vectors(version, "large")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("elysee", ["L'Élysée"]),
        ("ÉLYSÉE president", ["L'Élysée"]),
        ("élyse", []),
        ("북한군", ["파병"]),
        ("한군", ["파병"]),
        ("파병", ["파병"]),
        ("東京", ["首都"]),
        ("都知", ["首都"]),
        ("知都", []),
        ("平壤", ["朝鲜"]),
        ("カタカナ", ["首都"]),
        ("наводнение", ["Наводнение"]),
        ("flood", ["Roundup"]),
        ("flood élysée", []),
        ("title", []),
        ("", []),
        ("   ", []),
    ],
)
def test_search_finds_words_in_any_script(store: Store, words: str, found: list[str]) -> None:
    """Diacritics do not matter; scripts without spaces are found by any part of a word; all words must stand."""
    pages = {
        "L'Élysée": "Le Président a parlé depuis le palais de l'Élysée.",
        "파병": "북한군이 파병되었다.",
        "首都": "東京都知事がカタカナで書いた。",
        "朝鲜": "平壤没有回应。",
        "Наводнение": "Наводнение началось ночью.",
        "Roundup": "The flood and the weather.",
    }
    for number, (title, text) in enumerate(pages.items()):
        read(store, known_article(store, f"https://g.example/{number}"), text, title=title)
    assert titles(store, words) == found


def test_search_finds_a_headline_in_another_script_than_the_text(store: Store) -> None:
    """A Korean headline above an English text is found by its parts."""
    read(store, known_article(store, "https://g.example/1"), "The troops left.", title="북한군 파병")
    assert titles(store, "한군") == ["북한군 파병"]


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "'",
        "dam OR x",
        "NOT dam",
        "NEAR(dam x)",
        "title:dam",
        "dam*",
        "(",
        "dam)",
        "^dam",
        "-dam",
        "{a}",
        "a\0b",
    ],
)
def test_search_takes_operators_as_plain_words(store: Store, words: str) -> None:
    """What a person types is words, never a query language that can fail."""
    read(store, known_article(store, "https://g.example/1"), "The dam broke.")
    assert titles(store, words) in ([], ["Flood"])


def test_an_operator_does_not_widen_a_search(store: Store) -> None:
    """OR is a word that must stand in the text."""
    read(store, known_article(store, "https://g.example/1"), "The dam broke.")
    assert titles(store, "dam OR levee") == []
    assert titles(store, '"dam" broke') == ["Flood"]


def test_search_shows_the_newest_version_only_and_newest_first(store: Store) -> None:
    """Words that were taken out of an article are not found in it any more."""
    first, second = known_article(store, "https://g.example/1"), known_article(store, "https://g.example/2")
    read(store, first, "The dam held.", title="Old")
    read(store, second, "The dam leaks.", title="Other")
    read(store, first, "The dam broke.", title="New", at=NOW - DAY, site="Gazette")
    assert titles(store, "dam") == ["New", "Other"]
    assert titles(store, "held") == []
    assert dict(store.articles.search("broke", limit=1)[0]) == {
        "url": first.url,
        "outlet": "Gazette",
        "title": "New",
        "lang": "en",
        "read_at": "2026-11-22T06:04:20Z",
        "published_at": "2026-11-21T06:04:20Z",
        "excerpt": "The dam broke.",
    }


def test_search_keeps_to_its_limit(store: Store) -> None:
    """A frequent word must not fill the terminal."""
    for number in range(3):
        read(store, known_article(store, f"https://g.example/{number}"), f"Dam {number}.")
    assert len(store.articles.search("dam", limit=2)) == 2


def test_texts_read_in_a_period_are_counted(store: Store) -> None:
    """A digest says how much was read since the last one; a moment belongs to one digest only."""
    for hours in (0, 1, 2):
        article = known_article(store, f"https://g.example/{hours}")
        read(store, article, f"Text {hours}.", now=NOW + hours * HOUR)
    assert store.articles.read_between(None, NOW + HOUR) == 2
    assert store.articles.read_between(NOW, NOW + HOUR) == 1


def test_an_entry_needs_a_feed(store: Store) -> None:
    """Foreign keys are on: a row that belongs to nothing is refused."""
    with pytest.raises(sqlite3.IntegrityError):
        store.db.conn.execute("INSERT INTO entries VALUES (9, 'g', 9, 't', NULL, '2026-11-22T00:00:00Z')")
