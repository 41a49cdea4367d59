"""One article is one article: cases 19 to 25 and 37 to 39, and what tells twins from two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.collect.feeds import ENTRIES_PER_POLL
from monitor.read.workers import Workers
from tests.failures.press import FLOOD, MARKET, Newsstand, open_newsstand
from tests.town import DAY, HOUR, MINUTE, NOW

FEED = "www.valley-post.com/feed"
POST = "www.valley-post.com"
POLLS = [NOW + 2 * number * DAY for number in range(5)]  # however seldom a quiet feed is asked, it is due again


@pytest.fixture
def stand(tmp_path: Path, workers: Workers) -> Iterator[Newsstand]:
    """An empty store before the press's server."""
    with open_newsstand(tmp_path, workers) as stand:
        yield stand


# Dates


def test_case_19_invalid_dates_and_unknown_zones(stand: Newsstand) -> None:
    """A date that cannot be read is unknown, never today; the articles are read all the same."""
    written = {
        "Sun, 22 Nov 2026 05:00:00 XYZT": "2026-11-22T05:00:00Z",
        "Sun, 22 Nov 26 05:00:00 GMT": "2026-11-22T05:00:00Z",
        "dim., 22 nov. 2026 06:00:00 +0100": "2026-11-22T05:00:00Z",
        "22 листопада 2026, 05:00": "2026-11-22T05:00:00Z",
        "21.11.2026": "2026-11-21T00:00:00Z",
        "21-11-2026": "2026-11-21T00:00:00Z",
        "Sun, 22 Nov 2026 05:00:00 +9900": None,
        "Mon, 31 Feb 2026 10:00:00 GMT": None,
        "2026-13-45": None,
        "0000-00-00 00:00:00": None,
        "yesterday": None,
    }
    links = [f"{POST}/{number}" for number in range(len(written))]
    stand.feed(FEED, *(stand.item(link, date=date) for link, date in zip(links, written, strict=True)))
    stand.bench.poll()
    rows = stand.bench.rows("SELECT feed_published_at, first_seen_at FROM articles ORDER BY id")
    assert [date for date, _ in rows] == list(written.values())
    assert {seen for _, seen in rows} == {"2026-11-22T06:04:20Z"}


def test_case_23_entries_without_dates(stand: Newsstand) -> None:
    """When it was first seen stands beside; the date is the page's, and unknown where the page states none."""
    stand.feed(FEED, stand.item(f"{POST}/flood"), stand.item(f"{POST}/market", title="Market"))
    stand.page(f"{POST}/flood", *FLOOD)
    stand.page(f"{POST}/market", *MARKET, title="Market", date=False)
    stand.bench.poll()
    assert stand.bench.read().done == 2
    assert stand.bench.rows("SELECT DISTINCT feed_published_at, first_seen_at FROM articles") == [
        (None, "2026-11-22T06:04:20Z")
    ]
    assert stand.bench.rows("SELECT title, published_at FROM versions ORDER BY title") == [
        ("Flood", "2024-10-08T16:30:00Z"),
        ("Market", None),
    ]


def test_case_24_future_dates(stand: Newsstand) -> None:
    """Nobody publishes tomorrow: the date is the moment of the poll, and none at all if it stays in the future."""
    stand.feed(
        FEED,
        stand.item(f"{POST}/flood", date=NOW + 300 * DAY),
        stand.item(f"{POST}/market", title="Market", date=NOW - DAY),
    )
    dates = "SELECT feed_published_at, first_seen_at FROM articles ORDER BY id"
    seen, yesterday = "2026-11-22T06:04:20Z", "2026-11-21T06:04:20Z"
    stand.bench.poll()
    assert stand.bench.rows(dates) == [(seen, seen), (yesterday, seen)]
    stand.feed(
        FEED,
        stand.item(f"{POST}/flood", date=NOW + 300 * DAY),
        stand.item(f"{POST}/market", title="Market, corrected", date=NOW - DAY),
    )
    stand.bench.poll(POLLS[1])
    assert stand.bench.rows(dates) == [(None, seen), (yesterday, seen)]


def test_case_25_all_items_dated_now_after_a_feed_is_added_again(stand: Newsstand) -> None:
    """Old articles look new to nobody: known ones bring nothing, and the date of the poll is nobody's date."""
    links = [f"{POST}/{number}" for number in range(6)]
    stand.feed(FEED, *(stand.item(link, guid=f"old {link}", date=NOW - 9 * DAY) for link in links))
    stand.bench.poll()
    stand.list_feeds()
    again = NOW + 3 * DAY
    items = [stand.item(link, guid=f"new {link}", date=again - MINUTE) for link in links]
    stand.feed(f"{POST}/feed2", *items, stand.item(f"{POST}/older", title="From the archive", date=again))
    stand.list_feeds(f"{POST}/feed2")
    assert stand.bench.poll(again).note == "1 new articles"
    dates = stand.bench.rows("SELECT url LIKE '%/older', feed_published_at FROM articles GROUP BY 1, 2 ORDER BY 1")
    assert dates == [(0, "2026-11-13T06:04:20Z"), (1, None)]
    assert stand.bench.rows("SELECT count(published_at) FROM entries WHERE feed_id = 2") == [(0,)]


def test_a_date_that_moves_with_each_poll_is_forgotten(stand: Newsstand) -> None:
    """The feed stamps what it hands out; an honest date beside stays."""
    for now in POLLS[:2]:
        stand.feed(
            FEED,
            stand.item(f"{POST}/flood", date=now - MINUTE),
            stand.item(f"{POST}/market", title="Market", date=NOW - HOUR),
        )
        stand.bench.poll(now)
    assert stand.bench.rows("SELECT feed_published_at FROM articles ORDER BY id") == [
        (None,),
        ("2026-11-22T05:04:20Z",),
    ]


# Entries


def test_case_20_missing_guids(stand: Newsstand) -> None:
    """The address is the identifier: polled three times, in any order, each article is there once."""
    items = [stand.item(f"{POST}/{name}", title=name) for name in ("a", "b", "c")]
    for now, order in zip(POLLS, (items, items[::-1], items[1:]), strict=False):
        stand.feed(FEED, *order)
        stand.bench.poll(now)
    assert stand.bench.rows("SELECT guid = url, count(*) FROM entries JOIN articles ON id = article_id") == [
        (1, 3)
    ]
    assert stand.states() == {"pending": 3}


def test_case_21_a_guid_used_for_two_articles_of_one_feed(stand: Newsstand) -> None:
    """Both are articles, in whatever order the feed names them."""
    stand.page(f"{POST}/flood", *FLOOD)
    stand.page(f"{POST}/market", *MARKET, title="Market")
    items = [
        stand.item(f"{POST}/flood", guid="1"),
        stand.item(f"{POST}/market", guid="1", title="Market"),
    ]
    for now, order in zip(POLLS, (items, items[::-1], items), strict=False):
        stand.feed(FEED, *order)
        stand.bench.poll(now)
    assert stand.bench.read(POLLS[3]).done == 2
    assert sorted(stand.asked()) == [f"{POST}/flood", f"{POST}/market"]
    assert stand.bench.rows("SELECT title FROM versions ORDER BY title") == [("Flood",), ("Market",)]
    assert stand.bench.store.count("entries") == 2


def test_case_22_guids_that_change_at_each_poll_and_http_turned_https(stand: Newsstand) -> None:
    """One article, one row, one request: however it is named, and however its readers are counted."""
    stand.page(f"{POST}/flood?id=7", *FLOOD)
    secure = stand.url(f"{POST}/flood?id=7").replace("http://", "https://")
    links = [
        f"{POST}/flood?id=7",
        f"{POST}/flood?id=7&utm_source=rss",
        secure,
        f"{secure}#top",
        f"{POST}/flood?fbclid=x&id=7",
    ]
    for number, (now, link) in enumerate(zip(POLLS, links, strict=True)):
        stand.feed(FEED, stand.item(link, guid=f"session-{number}"))
        stand.bench.poll(now)
        stand.bench.read(now)
    assert stand.asked() == [f"{POST}/flood?id=7"]
    assert [stand.bench.store.count(table) for table in ("articles", "entries", "versions")] == [1, 1, 1]


def test_case_37_duplicate_entries_inside_one_feed(stand: Newsstand) -> None:
    """Said three times, with other guids and in other words, it is stored once, with all else the feed brings."""
    stand.feed(
        FEED,
        stand.item(f"{POST}/flood", guid="1"),
        stand.item(f"{POST}/flood", guid="1"),
        stand.item(f"{POST}/market", guid="2", title="Market"),
        stand.item(stand.url(f"{POST}/flood").replace("http:", "https:"), guid="3", title="Flood: live"),
    )
    assert stand.bench.poll().note == "2 new articles"
    assert stand.bench.store.count("entries") == 2


def test_case_38_entries_that_are_not_in_the_order_of_their_dates(stand: Newsstand) -> None:
    """What is new is found behind what is known, and whatever its date."""
    known = [stand.item(f"{POST}/{number}", title=f"n{number}", date=NOW - DAY) for number in range(5)]
    stand.feed(FEED, *known)
    stand.bench.poll()
    late = stand.item(f"{POST}/late", title="late", date=NOW - 30 * DAY)
    undated = stand.item(f"{POST}/undated", title="undated")
    stand.feed(FEED, *known[:3], late, *known[3:], undated)
    assert stand.bench.poll(POLLS[1]).note == "2 new articles"


def test_case_39_relative_and_javascript_links(stand: Newsstand) -> None:
    """Relative links are resolved against the feed's address; what is no address of a web page is dropped."""
    stand.page(f"{POST}/flood", *FLOOD)
    links = [
        "/flood",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:desk@valley-post.com",
    ]
    stand.feed(FEED, *(stand.item(link) for link in links))
    assert stand.bench.poll().note == "1 new articles"
    assert stand.bench.read().done == 1
    assert stand.asked() == [f"{POST}/flood"]


def test_a_guid_used_later_for_another_article_is_another_article(stand: Newsstand) -> None:
    """Address and headline differ; where only one of them changed, it is the same."""
    for now, item in zip(
        POLLS,
        [
            stand.item(f"{POST}/flood", guid="top"),
            stand.item(f"{POST}/flood", guid="top", title="Flood: six dead"),
            stand.item(f"{POST}/2026/flood", guid="top"),
            stand.item(f"{POST}/market", guid="top", title="Market"),
        ],
        strict=False,
    ):
        stand.feed(FEED, item)
        stand.bench.poll(now)
    assert [url.rpartition("/")[2] for (url,) in stand.bench.rows("SELECT url FROM articles ORDER BY id")] == [
        "flood",
        "market",
    ]
    # Where the feed moved it is known too: another feed that brings it there brings nothing new.
    stand.feed(f"{POST}/feed2", stand.item(f"{POST}/2026/flood", guid="x", title="Elsewhere"))
    assert stand.bench.poll(POLLS[4]).note == "0 new articles"


def test_a_feed_that_is_an_archive_gives_its_newest_entries_and_says_so(stand: Newsstand) -> None:
    """The rest is told on the feed, not lost in silence."""
    many = ENTRIES_PER_POLL + 3
    stand.feed(
        FEED,
        *(stand.item(f"{POST}/{n}", title=str(n), date=NOW - 400 * DAY + n * MINUTE) for n in range(many)),
    )
    assert stand.bench.poll().note == f"{ENTRIES_PER_POLL} new articles"
    assert stand.bench.rows("SELECT count(*) FROM articles WHERE feed_title IN ('0', '1', '2')") == [(0,)]
    [(said,)] = stand.bench.rows("SELECT last_error FROM feeds")
    assert said == f"3 of {many} entries were left out, the oldest; {ENTRIES_PER_POLL} are taken"


# Pages


@pytest.mark.parametrize(
    "twin",
    [
        "amp.valley-post.com/2026/flood",
        "m.valley-post.com/2026/flood",
        "valley-post.com/2026/flood",
        f"{POST}/amp/2026/flood",
        f"{POST}/2026/flood/amp/",
        f"{POST}/2026/flood.amp",
        f"{POST}/2026/flood?amp=1",
        f"{POST}/2026/flood?outputType=amp",
    ],
)
@pytest.mark.parametrize("first", ["plain", "twin", "together"])
def test_a_twin_for_phones_is_the_same_article_and_costs_one_request_at_most(
    stand: Newsstand, twin: str, first: str
) -> None:
    """Whichever comes first says where the other is."""
    plain = f"{POST}/2026/flood"
    stand.page(plain, *FLOOD, head=f'{stand.canonical(plain)}<link rel="amphtml" href="{stand.url(twin)}">')
    stand.page(twin, *FLOOD[:-1], head=stand.canonical(plain))
    items = {"plain": [stand.item(plain)], "twin": [stand.item(twin, title="Flood: the short form")]}
    order = {"plain": ["plain", "twin"], "twin": ["twin", "plain"]}.get(first, [])
    if first == "together":
        stand.feed(FEED, *items["plain"], *items["twin"])
        stand.bench.poll()
        stand.bench.read()
    for now, name in zip(POLLS, order, strict=False):
        stand.feed(FEED, *items[name])
        stand.bench.poll(now)
        stand.bench.read(now)
    assert stand.bench.store.count("versions") == 1
    assert stand.states().get("pending") is None
    at_once = first == "together" and not twin.startswith(POST)  # hosts are asked side by side
    assert len(stand.asked()) <= (2 if at_once else 1)


def test_a_cached_page_is_asked_from_its_publisher(stand: Newsstand) -> None:
    """The cache's address names the publisher's."""
    cached = f"https://www.google.com/amp/{stand.url(f'{POST}/flood').removeprefix('http://')}"
    stand.page(f"{POST}/flood", *FLOOD)
    stand.feed(FEED, stand.item(cached))
    stand.bench.poll()
    stand.bench.read()
    assert stand.asked() == [f"{POST}/flood"]


def test_a_redirect_leads_to_one_article(stand: Newsstand) -> None:
    """Each address that nobody knew is asked once; a known one to which the server leads is not asked again."""
    for old in ("old", "older"):
        stand.redirect(f"{POST}/{old}", f"{POST}/flood")
    stand.page(f"{POST}/flood", *FLOOD)
    for now, name in zip(POLLS, ("old", "flood", "older", "older"), strict=False):
        stand.feed(FEED, stand.item(f"{POST}/{name}", title=f"{name} headline"))
        stand.bench.poll(now)
        stand.bench.read(now)
    assert stand.asked() == [f"{POST}/{name}" for name in ("old", "flood", "older")]
    assert stand.states() == {"read": 1, "same": 1}
    assert stand.bench.store.count("addresses") == 3


def test_a_redirect_to_the_front_page_is_no_article(stand: Newsstand) -> None:
    """That is how many sites say that a page is gone; two such pages must not become one article."""
    stand.page(f"{POST}/", *FLOOD, title="The Valley Post")
    for name in ("gone", "lost"):
        stand.redirect(f"{POST}/{name}", f"{POST}/")
    stand.feed(FEED, stand.item(f"{POST}/gone"), stand.item(f"{POST}/lost", title="Lost"))
    stand.bench.poll()
    assert stand.bench.read().failed == 2
    assert stand.bench.rows("SELECT DISTINCT state, last_error FROM articles") == [
        ("pending", "leads to the front page; the article is not there")
    ]


def test_a_redirect_to_a_section_leaves_the_section_its_address(stand: Newsstand) -> None:
    """It may be how a site says that a page is gone; the section is no article."""
    stand.page(f"{POST}/news/", *FLOOD, title="News")
    stand.redirect(f"{POST}/news/gone", f"{POST}/news/")
    stand.feed(FEED, stand.item(f"{POST}/news/gone"))
    stand.bench.poll()
    stand.bench.read()
    assert stand.bench.rows("SELECT count(*) FROM addresses") == [(1,)]
    assert stand.bench.rows("SELECT url = canonical_url FROM articles") == [(1,)]


@pytest.mark.parametrize(
    "lie", [f"{POST}/", f"{POST}/index.html", f"{POST}/en/", f"{POST}/news/", f"{POST}/news/live"]
)
def test_a_canonical_address_that_lies_merges_nothing(stand: Newsstand, lie: str) -> None:
    """All pages name the front page, a section, or one live blog: each is its own article all the same."""
    stand.page(f"{POST}/news/flood", *FLOOD, head=stand.canonical(lie))
    stand.page(f"{POST}/news/market", *MARKET, title="Market", head=stand.canonical(lie))
    stand.feed(FEED, stand.item(f"{POST}/news/flood"), stand.item(f"{POST}/news/market", title="Market"))
    stand.bench.poll()
    assert stand.bench.read().done == 2
    assert stand.states() == {"read": 2}
    # And what stands at that address is an article of its own when a feed brings it.
    stand.page(f"{POST}/news/live", *reversed(MARKET[:2]), *FLOOD[:1], title="Live")
    stand.feed(FEED, stand.item(f"{POST}/news/live", title="Live"))
    assert stand.bench.poll(POLLS[1]).note == "1 new articles"
    stand.bench.read(POLLS[1])
    assert stand.states() == {"read": 3}


def test_a_canonical_address_of_a_known_article_with_other_words_is_not_believed(stand: Newsstand) -> None:
    """The article is read already, so the page can be seen to be another."""
    stand.page(f"{POST}/flood", *FLOOD)
    stand.page(f"{POST}/market", *MARKET, title="Market", head=stand.canonical(f"{POST}/flood"))
    for now, name in zip(POLLS, ("flood", "market"), strict=False):
        stand.feed(FEED, stand.item(f"{POST}/{name}", title=name))
        stand.bench.poll(now)
        stand.bench.read(now)
    assert stand.states() == {"read": 2}
    assert stand.bench.rows("SELECT url = canonical_url FROM articles") == [(1,), (1,)]


def test_a_canonical_address_that_waits_to_be_read_is_asked(stand: Newsstand) -> None:
    """Only its page can tell whether both are one; here they are two."""
    stand.page(f"{POST}/a", *FLOOD, head=stand.canonical(f"{POST}/b"))
    stand.page(f"{POST}/b", *MARKET, title="Market")
    stand.feed(FEED, stand.item(f"{POST}/a"), stand.item(f"{POST}/b", title="Market"))
    stand.bench.poll()
    assert stand.bench.read().done == 2
    assert stand.states() == {"read": 2}


def test_the_same_words_under_another_address_of_the_site_are_one_article(stand: Newsstand) -> None:
    """Within a week; a year later they may be told again. Copies on other sites stay: they are origins' matter."""
    places = {
        f"{POST}/a": 0,
        f"{POST}/b": 1,
        "news.valley-post.com/c": 2,
        f"{POST}/d": 9,
        "mountain-post.com/e": 9,
    }
    for address, days in places.items():
        stand.page(address, *FLOOD, date=False)
        stand.feed(FEED, stand.item(address, date=NOW - 20 * DAY + days * DAY))
        stand.bench.poll(POLLS[list(places).index(address)])
        stand.bench.read(POLLS[list(places).index(address)])
    rows = stand.bench.rows("SELECT state FROM articles ORDER BY id")
    assert [state for (state,) in rows] == ["read", "same", "same", "read", "read"]


def test_pages_that_share_a_short_text_stay_apart(stand: Newsstand) -> None:
    """A teaser in front of a paywall says nothing about what is behind it."""
    for name in ("a", "b"):
        stand.page(
            f"{POST}/{name}", "This report is for readers of the paper only. Thank you.", title="For readers"
        )
    stand.feed(FEED, *(stand.item(f"{POST}/{name}", title=name) for name in ("a", "b")))
    stand.bench.poll()
    stand.bench.read()
    assert stand.states() == {"read": 2}


def test_a_news_sitemap_is_a_feed(stand: Newsstand) -> None:
    """Publishers without feeds keep one for search engines."""
    published = (NOW - timedelta(hours=3)).isoformat()
    stand.page(f"{POST}/flood", *FLOOD)
    stand.body(
        f"{POST}/news.xml",
        f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{stand.url(f"{POST}/flood")}</loc>
        <news:news><news:publication_date>{published}</news:publication_date>
        <news:title>Flood &amp; fire</news:title></news:news></url></urlset>""",
    )
    assert stand.bench.poll().note == "1 new articles"
    assert stand.bench.read().done == 1
    assert stand.bench.rows("SELECT feed_title, feed_published_at FROM articles") == [
        ("Flood & fire", "2026-11-22T03:04:20Z")
    ]
