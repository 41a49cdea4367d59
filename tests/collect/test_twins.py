"""Addresses: which are one, which look like twins, and which no article has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.twins import address_key, is_front_page, is_hub_of, original_url, twin_key
from monitor.collect.urls import clean_url

PLAIN = "https://www.valley-post.com/2026/flood.html?id=7"


@pytest.mark.parametrize(
    "twin",
    [
        "http://valley-post.com/2026/flood.html?id=7",
        "https://m.valley-post.com/2026/flood.html?id=7",
        "https://mobile.valley-post.com/2026/flood.html?id=7",
        "https://amp.valley-post.com/2026/flood.html?id=7",
        "https://www.valley-post.com/amp/2026/flood.html?id=7",
        "https://www.valley-post.com/2026/amp/flood.html?id=7",
        "https://www.valley-post.com/.amp/2026/flood.html?id=7",
        "https://www.valley-post.com/2026/flood.html/amp?id=7",
        "https://www.valley-post.com/2026/flood.html/amp/?id=7",
        "https://www.valley-post.com/2026/flood.amp.html?id=7",
        "https://www.valley-post.com/2026/flood.html.amp?id=7",
        "https://www.valley-post.com/2026/flood.html?amp=1&id=7",
        "https://www.valley-post.com/2026/flood.html?id=7&_amp=true",
        "https://www.valley-post.com/2026/flood.html?amp&id=7",
        "https://www.valley-post.com/2026/flood.html?id=7&outputType=amp",
        "https://www-valley--post-com.cdn.ampproject.org/c/s/www.valley-post.com/2026/flood.html?id=7",
        "https://cdn.ampproject.org/v/s/www.valley-post.com/2026/flood.html/amp?id=7",
        "https://www.google.com/amp/s/www.valley-post.com/2026/flood.html?id=7",
        "https://www.google.co.uk/amp/www.valley-post.com/amp/2026/flood.html?id=7",
    ],
)
def test_twins_look_alike(twin: str) -> None:
    """The forms that publishers give to their pages for phones."""
    cleaned = clean_url(twin)
    assert cleaned
    assert twin_key(cleaned) == twin_key(PLAIN) == "valley-post.com/2026/flood.html?id=7"


@pytest.mark.parametrize(
    "other",
    [
        "https://www.valley-post.com/2026/flood.html",
        "https://www.valley-post.com/2026/flood.html?id=8",
        "https://www.valley-post.com/2026/floods.html?id=7",
        "https://www.valley-post.com/2026/flood-amp.html?id=7",
        "https://www.valley-post.com/camp/2026/flood.html?id=7",
        "https://news.valley-post.com/2026/flood.html?id=7",
        "https://www.valley-post.org/2026/flood.html?id=7",
        "https://www.valley-post.com:8080/2026/flood.html?id=7",
        "https://www.google.com/url/www.valley-post.com/2026/flood.html?id=7",
    ],
)
def test_others_do_not(other: str) -> None:
    """Losing an article is worse than storing one twice."""
    assert twin_key(other) != twin_key(PLAIN)


def test_http_and_https_are_one_address_and_nothing_else_is() -> None:
    """The only difference that no site makes use of."""
    assert address_key("http://a.example/b?c=1") == address_key("https://a.example/b?c=1") == "a.example/b?c=1"
    assert address_key("https://www.a.example/b") != address_key("https://a.example/b")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/amp/s/b.example/c",
        "https://www.google.com/search?q=amp",
        "https://www.google.com/amp/",
        "https://cdn.ampproject.org/v0.js",
        "https://google.com.thief.example/amp/s/b.example/c",
    ],
)
def test_only_a_cache_names_another_site(url: str) -> None:
    """Else any page could pass for somebody else's."""
    assert original_url(url) == url


def join(scheme: str, hosts: list[str], parts: list[str], query: list[str]) -> str:
    """Make an address of its parts."""
    address = f"{scheme}://{'.'.join([*hosts, 'example', 'org'])}/{'/'.join(parts)}"
    return address + (f"?{'&'.join(query)}" if query else "")


ADDRESSES = st.builds(
    join,
    st.sampled_from(["http", "https"]),
    st.lists(st.sampled_from(["www", "m", "amp", "news", "google", "cdn"]), max_size=3),
    st.lists(
        st.sampled_from(["amp", ".amp", "a", "s", "c", "b.amp", "b.amp.html", "amp.amp", "google.com", "x.y"]),
        max_size=5,
    ),
    st.lists(st.sampled_from(["amp=1", "id=7", "outputType=amp", "amp", "_amp=x"]), max_size=3),
)
CACHED = st.builds(
    lambda host, kind, url: f"https://{host}/{kind}/{url.partition('://')[2]}",
    st.sampled_from(["www.google.com", "google.de", "x.cdn.ampproject.org"]),
    st.sampled_from(["amp", "amp/s", "c", "c/s", "v/s"]),
    ADDRESSES,
)


@given(ADDRESSES | CACHED)
def test_the_key_of_a_key_is_the_key(url: str) -> None:
    """Else an article would be its own twin's stranger."""
    cleaned = clean_url(url)
    assert cleaned
    assert twin_key(f"https://{twin_key(cleaned)}") == twin_key(cleaned)
    assert original_url(original_url(cleaned)) == original_url(cleaned)


@pytest.mark.parametrize(
    ("url", "is_front"),
    [
        ("https://a.example", True),
        ("https://a.example/", True),
        ("https://a.example/index.html", True),
        ("https://a.example/en/", True),
        ("https://a.example/pt-br", True),
        ("https://a.example/?p=7", False),
        ("https://a.example/news/", False),
        ("https://a.example/index.php?id=7", False),
    ],
)
def test_a_front_page_is_known_by_its_address(url: str, is_front: bool) -> None:
    """Sites send readers there when an article is gone."""
    assert is_front_page(url) == is_front


@pytest.mark.parametrize(
    ("url", "article", "is_hub"),
    [
        ("https://a.example/", "https://a.example/news/flood", True),
        ("https://a.example/news/", "https://a.example/news/flood", True),
        ("https://a.example/news", "https://a.example/news/2026/flood?x=1", True),
        ("https://a.example/news/flood", "https://a.example/news/flood/amp/", False),
        ("https://a.example/news/flood", "https://a.example/news/flood?page=2", False),
        ("https://a.example/new", "https://a.example/news/flood", False),
        ("https://a.example/sport/flood", "https://a.example/news/flood", False),
        ("https://a.example/?p=7", "https://a.example/news/flood", False),
        ("https://a.example", "https://amp.a.example/", False),
    ],
)
def test_a_section_lies_above_its_articles(url: str, article: str, is_hub: bool) -> None:
    """A page that names its section as its own address says nothing."""
    assert is_hub_of(url, article) == is_hub
