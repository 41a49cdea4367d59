"""Addresses belong to publishers."""

from __future__ import annotations

import pytest

from monitor.read.families import family_of, registered_domain


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.gazette.co.uk/news/1", "gazette.co.uk"),
        ("https://ua.interfax.com.ua/news/1", "interfax.com.ua"),
        ("https://news.gazette.example/1", "gazette.example"),
        ("https://ann.blogspot.com/1", "ann.blogspot.com"),
        ("http://127.0.0.1:8800/news", "127.0.0.1:8800"),
        ("nothing", ""),
    ],
)
def test_the_registered_domain_stands_for_the_publisher(url: str, domain: str) -> None:
    """By the list of public suffixes, with no network."""
    assert registered_domain(url) == domain


def test_a_person_s_list_goes_first_and_its_longest_entry_counts() -> None:
    """A house with several domains is one; one title of a shared domain can be another."""
    families = {"gazette.example": "The Gazette", "herald.example": "The Gazette", "kids.herald.example": "Kids"}
    urls = ["https://www.gazette.example/", "https://herald.example/1", "https://kids.herald.example/1"]
    assert [family_of(url, families) for url in urls] == ["The Gazette", "The Gazette", "Kids"]
    assert family_of("https://www.other.example/1", families) == "other.example"
