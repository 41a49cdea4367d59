"""Addresses: the one form they are stored in, and the host they belong to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.urls import MAX_CHARACTERS, clean_url, host_of


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("HTTPS://News.Example/A/b", "https://news.example/A/b"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/", "https://news.example"),
        ("https://news.example/?b=2&a=1", "https://news.example/?a=1&b=2"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("https://news.example/x/../../a/./b/..", "https://news.example/a/"),
        ("https://news.example/a/.", "https://news.example/a/"),
        ("https://news.example//a///b", "https://news.example/a/b"),
        ("https://desk:secret@news.example/a", "https://news.example/a"),
        ("https://news.example/a?utm_source=rss&utm_medium=x&fbclid=1", "https://news.example/a"),
        ("https://news.example/a?at_medium=RSS&at_campaign=rss", "https://news.example/a"),
        ("https://news.example/a?ref=rss&id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?idxno=1&ncd=2&sid=3&p=4", "https://news.example/a?idxno=1&ncd=2&p=4&sid=3"),
        ("https://news.example/view.do?cid=20241009", "https://news.example/view.do?cid=20241009"),
        ("https://news.example/view?cid=rss", "https://news.example/view"),
        ("https://news.example/?12345", "https://news.example/?12345"),
        ("https://news.example/a?q=%E9&x=", "https://news.example/a?q=%E9&x="),
        ("https://news.example/a?id=1&amp;page=2", "https://news.example/a?id=1&page=2"),
        ("https://news.example/go?from=https://other.example/&id=3",) * 2,
        ("https://news.example/a b/{c}", "https://news.example/a%20b/%7Bc%7D"),
        ("https://news.example/статья?я=1", "https://news.example/%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F?%D1%8F=1"),
        ("https://news.example/a;v=1/(b)+c@d,e!", "https://news.example/a;v=1/(b)+c@d,e!"),
        ("https://xn--bcher-kva.example/a", "https://bücher.example/a"),
        (" \n https://news.example/a\n bc \t", "https://news.example/a%20bc"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
    ],
)
def test_addresses_are_cleaned(url: str, cleaned: str) -> None:
    """One article has one address, and no key that may name the article is lost."""
    assert clean_url(url) == cleaned


@pytest.mark.parametrize(
    ("link", "cleaned"),
    [
        ("b?x=1", "https://news.example/feeds/b?x=1"),
        ("/b", "https://news.example/b"),
        ("//other.example/b", "https://other.example/b"),
        ("http://other.example/b", "http://other.example/b"),
        ("../../b", "https://news.example/b"),
    ],
)
def test_relative_links_are_resolved(link: str, cleaned: str) -> None:
    """Case 39: feeds carry links that only make sense beside the feed's own address."""
    assert clean_url(link, base="https://news.example/feeds/rss.xml") == cleaned


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "a/b",
            "/etc/passwd",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "mailto:a@b.c",
        ),
        *("ftp://news.example/a", "http://", "http:///a", "https://?x=1", "https://.", "http://[::1", "//\b"),
        *("http://news.example:99999/", "http://news.example:x/", "http://[fe80::1%25eth0]/", "http://<a>/"),
        *("http://a b.example/", "http://a%20b.example/", "http://a\\b.example/", "http://a\u3000b.example/"),
        *("http://\ud800.example/", "http://news.example/\ud800", "https://news.example/" + "a" * MAX_CHARACTERS),
    ],
)
def test_what_leads_to_no_web_page_has_no_address(url: str) -> None:
    """Case 39: such links are dropped, never stored and never asked for."""
    assert clean_url(url) is None


@given(
    st.text(max_size=60),
    st.sampled_from(["", "http://news.example/", "https://a.example/b?c=", "//", "http://xn--"]),
)
def test_cleaning_twice_changes_nothing(text: str, start: str) -> None:
    """Else an article would be known under two addresses."""
    cleaned = clean_url(start + text, base="https://base.example/feed")
    if cleaned is not None:
        assert clean_url(cleaned) == cleaned
        assert cleaned.startswith(("http://", "https://"))
        assert host_of(cleaned)
        assert cleaned.encode()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example/a", "news.example"),
        ("https://news.example:443/a", "news.example"),
        ("http://news.example:80", "news.example"),
        ("http://news.example:8080/a", "news.example:8080"),
        ("http://desk:x@news.example/a", "news.example"),
        ("http://[2001:DB8::1]:8080/a", "[2001:db8::1]:8080"),
        ("http://[2001:db8::1]/a", "[2001:db8::1]"),
        ("http://news.example:99999/", ""),
        ("http://[::1", ""),
        ("/etc/passwd", ""),
        ("", ""),
    ],
)
def test_the_host_is_the_key_of_manners(url: str, host: str) -> None:
    """http and https of one server share their limits; other ports are other servers."""
    assert host_of(url) == host
