"""Finding feeds on a real server: what is asked, how often, and what is found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import pytest

from monitor.collect.discover import FeedKind, FoundFeed
from monitor.config import FeedSettings
from monitor.errors import ConfigError, MonitorError
from monitor.find_feeds import address_of, choose, find_feeds, to_settings
from monitor.pipeline import World
from monitor.read.workers import Workers
from tests.collect.local_server import fetcher, serving
from tests.collect.test_discover import ATOM, JSON, RSS
from tests.town import Answer, Town


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(workers=1, deadline_s=20, imports=()) as open_workers:
        yield open_workers


def find(
    workers: Workers, answers: Mapping[str, Answer | str], path: str = "/"
) -> tuple[list[FoundFeed], list[str]]:
    """Look for the feeds of a page; return them with their paths, and what was asked."""
    town = Town()
    town.answers.update({p: Answer(a) if isinstance(a, str) else a for p, a in answers.items()})

    async def look() -> list[FoundFeed]:
        async with serving(town.answer) as base, fetcher() as http:
            try:
                found = await find_feeds(base + path, World(http, workers))
            except MonitorError as error:
                raise MonitorError(str(error).replace(base, "BASE")) from error
            return [
                FoundFeed(f.url.removeprefix(base), f.title, f.kind, f.entries, f.newest, f.lang) for f in found
            ]

    try:
        return asyncio.run(look()), [p for p, _ in town.asked]
    except MonitorError as error:
        raise MonitorError(f"{error} [{len(town.asked)} requests]") from error


def page(*links: str) -> str:
    head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return f"<html><head>{head}</head><body><p>News</p></body></html>"


def test_a_feed_costs_one_request(workers: Workers) -> None:
    """Whoever names the feed itself is believed."""
    found, asked = find(workers, {"/atom": ATOM}, "/atom")
    assert [(feed.url, feed.kind, feed.lang) for feed in found] == [("/atom", FeedKind.ATOM, "ko")]
    assert asked == ["/atom"]


def test_what_a_page_names_is_fetched_and_read(workers: Workers) -> None:
    """Only what is a feed is shown, each once, and nothing is guessed beside it."""
    found, asked = find(
        workers,
        {
            "/": page("/rss", "/dead", "/page", "/again", "/json"),
            "/rss": RSS,
            "/page": "<html><p>Our feeds have moved.</p></html>",
            "/again": Answer(status=302, headers={"Location": "/rss"}),
            "/json": JSON,
        },
    )
    assert [(feed.url, feed.kind) for feed in found] == [("/rss", FeedKind.RSS), ("/json", FeedKind.JSON)]
    assert asked == ["/", "/robots.txt", "/rss", "/dead", "/page", "/again", "/rss", "/json"]


@pytest.mark.parametrize("place", ["/feed", "/rss.xml", "/feed.json", "/index.rdf"])
def test_usual_places_are_asked_where_a_page_names_none(place: str, workers: Workers) -> None:
    """Up to the first that is a feed."""
    found, asked = find(workers, {"/": page(), place: RSS})
    assert [feed.url for feed in found] == [place]
    assert asked[-1] == place and len(asked) == len(set(asked))


def test_an_address_that_redirects_for_now_is_kept(workers: Workers) -> None:
    """But a slash that the server adds is taken at once: it would cost a redirect at each poll."""
    found, _ = find(
        workers,
        {
            "/": page("/a", "/b"),
            "/a": Answer(status=301, headers={"Location": "/a/"}),
            "/a/": RSS,
            "/b": Answer(status=302, headers={"Location": "/node7/b"}),
            "/node7/b": ATOM,
        },
    )
    assert [feed.url for feed in found] == ["/a/", "/b"]


def test_a_host_that_asks_for_a_pause_gets_it(workers: Workers) -> None:
    """Thirty guesses at a busy server are an attack."""
    busy = Answer(status=429, headers={"Retry-After": "60"})
    with pytest.raises(MonitorError, match=r"no feed found, at 2 addresses.*\[3 requests\]$"):
        find(workers, {"/": page("/rss", "/atom"), "/rss": busy, "/atom": ATOM})


def test_a_site_without_feeds_costs_few_requests_and_one_line(workers: Workers) -> None:
    """The line says what to do next."""
    with pytest.raises(MonitorError, match=r"no feed found, at \d\d addresses\. Look for “RSS”") as caught:
        find(workers, {"/a/b/": page(*(f"/dead{n}" for n in range(99)))}, "/a/b/")
    assert int(str(caught.value).rsplit("[")[1].split()[0]) <= 40


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(status=404), "BASE/: answered 404 Not Found. Check the address with a browser."),
        (Answer(status=410), "BASE/: answered 410 Gone"),
        (Answer("<div>" * 5_000), "BASE/: the page is nested too deeply"),
    ],
)
def test_a_page_that_cannot_be_had_is_told(answer: Answer, why: str, workers: Workers) -> None:
    """One line, one request."""
    with pytest.raises(MonitorError) as caught:
        find(workers, {"/": answer})
    assert why in str(caught.value) and "[1 requests]" in str(caught.value)


def test_the_guard_stands_before_what_a_page_names(workers: Workers) -> None:
    """A page may name the machine next door: only what the config allows is asked."""
    found, _ = find(
        workers, {"/": page("http://10.255.255.1:9/rss", "http://169.254.169.254/rss", "/rss"), "/rss": RSS}
    )
    assert [feed.url for feed in found] == ["/rss"]


def test_addresses_as_people_type_them() -> None:
    """A password on the command line would end in the history and in the config."""
    assert address_of("example.org/news") == "https://example.org/news"
    assert address_of("feed://example.org/f") == "http://example.org/f"
    assert address_of(" http://example.org ") == "http://example.org"
    with pytest.raises(ConfigError, match="user name"):
        address_of("https://anna:pass@example.org/")


FOUND = [
    FoundFeed(f"https://a.example/{path}.xml", "Post", FeedKind.RSS, 1, None, lang)
    for path, lang in (("world", "en"), ("culture", None), ("x/world", "fr"))
]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [("1,3", [1, 3]), ("3 1", [1, 3]), ("2-3", [2, 3]), ("ALL", [1, 2, 3]), ("", []), ("none", [])],
)
def test_feeds_are_chosen_by_number(words: str, numbers: list[int]) -> None:
    """As they were shown."""
    assert choose(FOUND, words) == [FOUND[number - 1] for number in numbers]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("4", "4: no such number; choose from 1 to 3"),
        ("0", "0: no"),
        ("x", "'x': no number"),
        ("1-9999", "4: no such"),
    ],
)
def test_a_number_that_was_not_shown_is_refused(words: str, why: str) -> None:
    """Nothing is added then."""
    with pytest.raises(ConfigError) as caught:
        choose(FOUND, words)
    assert why in str(caught.value)


def test_feeds_of_one_title_get_names_of_their_own() -> None:
    """Two of a name could not be told apart in a digest."""
    listed = [FeedSettings(url="https://a.example", name="Post")]
    rows = to_settings(FOUND, listed, folder="Korea / Press")
    assert [row.name for row in rows] == ["Post – world", "Post – culture", "Post – a.example/x/world.xml"]
    assert [row.lang for row in rows] == ["en", None, "fr"]
    assert {row.folder for row in rows} == {"Korea/Press"}


@pytest.mark.parametrize(
    ("number", "values", "why"),
    [
        (2, {"name": "X"}, "--name is for one feed"),
        (1, {"lang": "English"}, "--lang 'English': expected a language code"),
        (1, {"folder": "a//b"}, "--folder 'a//b': expected names of folders"),
    ],
)
def test_what_cannot_stand_in_the_list_is_refused(number: int, values: dict[str, str], why: str) -> None:
    """With the option that is wrong."""
    with pytest.raises(ConfigError) as caught:
        to_settings(FOUND[:number], [], **values)
    assert why in str(caught.value)


NEWS_SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://g.example/flood</loc><news:news><news:publication><news:name>Gazette</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2026-11-22</news:publication_date>
<news:title>The dam broke</news:title></news:news></url></urlset>"""


def test_a_news_sitemap_that_robots_txt_names_is_a_feed(workers: Workers) -> None:
    """Many sites have no other; a plain sitemap, which lists every page since the beginning, is not asked."""
    found, asked = find(
        workers,
        {
            "/": "<html><body><p>News</p></body></html>",
            "/robots.txt": "User-agent: *\nSitemap: /sitemap.xml\nSitemap: /news-sitemap.xml\n",
            "/news-sitemap.xml": NEWS_SITEMAP,
        },
    )
    assert [(feed.url, feed.kind, feed.entries) for feed in found] == [("/news-sitemap.xml", FeedKind.SITEMAP, 1)]
    assert asked == ["/", "/robots.txt", "/news-sitemap.xml"]
